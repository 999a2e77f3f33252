import type { Refusal } from '@ardor/domain/reasons';

/** What a handler answers; one adapter turns it into HTTP. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** For metrics: the refusal's word, or `ok`. */
  readonly reason: string;
}

/** The success body of the API text. */
export const smsReply = (smsUid: string, status: string, errorCode: string): Reply => ({
  status: 200,
  body: { sms_uid: smsUid, status, error_code: errorCode },
  reason: 'ok',
});

/** The error body: the fields of the API text, a stable word, a sentence, and the id to quote to an operator. */
export function refusalReply({ reason, status, message, retryAfterSeconds }: Refusal, requestId: string): Reply {
  return {
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: { sms_uid: '', status: 'error', error_code: String(status), reason, message, request_id: requestId },
    reason,
  };
}
