import type { Refusal } from '@ardor/domain/errors/reasons';

/** What a handler answers; one adapter turns it into HTTP. */
export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** For metrics: the refusal's word, or `ok`. */
  readonly reason: string;
}

/** What is said of one message: the fields of the API text, and of a refusal why. All are strings. */
export interface SmsBody {
  readonly sms_uid: string;
  readonly status: string;
  readonly error_code: string;
  readonly reason?: string;
  readonly message?: string;
}

export const smsBody = (smsUid: string, status: string, errorCode: string): SmsBody => ({
  sms_uid: smsUid,
  status,
  error_code: errorCode,
});

export const refusalBody = ({ reason, status, message }: Refusal): SmsBody => ({
  ...smsBody('', 'error', String(status)),
  reason,
  message,
});

export const okResponse = (body: unknown): ApiResponse => ({ status: 200, body, reason: 'ok' });

/** The error body: the fields of the API text, a stable word, a sentence, and the id to quote to an operator. */
export function refusalResponse(refusal: Refusal, requestId: string): ApiResponse {
  const { reason, status, retryAfterSeconds } = refusal;
  return {
    status,
    ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    body: { ...refusalBody(refusal), request_id: requestId },
    reason,
  };
}
