import type { Refusal } from '@ardor/domain/errors/reasons';

/** What a handler answers; `write-response` turns it into HTTP. */
export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
  /** For metrics and logs: the refusal's reason, or `ok`. */
  readonly reason: string;
}

/** One message in a response: the fields of the API text, and why it was refused. All are strings. */
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
  sms_uid: '',
  status: 'error',
  error_code: String(status),
  reason,
  message,
});

export const okResponse = (body: object): ApiResponse => ({ status: 200, body, reason: 'ok' });

/** RFC 9110 §11.6.1: a 401 names the scheme that would be accepted. */
const CHALLENGE = 'Basic realm="Ardor", charset="UTF-8"';

/** The error body: the fields of the API text, a stable word, a sentence, and the id to quote to an operator. */
export function refusalResponse(refusal: Refusal, requestId: string): ApiResponse {
  const { reason, status, retryAfterSeconds, allow, rateLimit } = refusal;
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (allow !== undefined) headers['allow'] = allow;
  if (rateLimit !== undefined) {
    // draft-ietf-httpapi-ratelimit-headers-11: the quota of the limit that refused, of which nothing is left.
    const { name, quota, windowSeconds } = rateLimit;
    headers['ratelimit-policy'] = `"${name}";q=${quota};w=${windowSeconds}`;
    headers['ratelimit'] = `"${name}";r=0;t=${retryAfterSeconds ?? windowSeconds}`;
  }
  if (status === 401) headers['www-authenticate'] = CHALLENGE;
  return { status, headers, body: { ...refusalBody(refusal), request_id: requestId }, reason };
}
