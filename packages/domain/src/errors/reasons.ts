/**
 * The one catalogue of reasons. Clients may switch on them, so they are never renamed.
 *
 * A refusal is the response to a request that was not accepted. Its `status` is the HTTP status and the `error_code` of
 * the body. A failure is the `error_code` that `querysms` shows for an accepted message that ended in `error`.
 */
const REFUSALS = {
  invalid_http: { status: 400, message: 'This is not HTTP/1.1 as RFC 9112 has it.' },
  invalid_json: { status: 400, message: 'The body is not valid JSON in UTF-8.' },
  json_too_complex: { status: 400, message: 'The JSON is nested too deep, or has too many values.' },
  invalid_request: { status: 400, message: 'A field is missing, unknown or of the wrong type.' },
  repeated_key: { status: 400, message: 'A JSON object of the request has the same key twice.' },
  invalid_phone_number: {
    status: 400,
    message: 'phone_number is not a mobile number in E.164 or in the client’s region.',
  },
  invalid_contents: { status: 400, message: 'contents does not fit the template.' },
  text_too_long: { status: 400, message: 'The rendered text has more segments than allowed.' },
  credentials_missing: {
    status: 401,
    message: 'client_id and passcode are required, as strings in the body or as HTTP Basic.',
  },
  credentials_conflict: { status: 401, message: 'The credentials of the body and of the Authorization header differ.' },
  invalid_passcode: { status: 401, message: 'The client is unknown or the passcode is not one of its own.' },
  demo_credentials: { status: 401, message: 'The demo passcode is refused in production.' },
  invalid_receipt_token: { status: 401, message: 'The callback URL is not one that was given out for this message.' },
  client_disabled: { status: 403, message: 'The client is disabled.' },
  template_not_granted: { status: 403, message: 'The template is not granted to this client.' },
  country_not_allowed: {
    status: 403,
    message: 'This client may not send to this country. The operator can allow it: ardor client countries.',
  },
  prefix_not_allowed: {
    status: 403,
    message: 'This client may not send to numbers that begin so. The operator can change this: ardor client prefixes.',
  },
  number_not_geographic: {
    status: 403,
    message: 'The calling code belongs to no country. The operator can allow it by its code: ardor client countries.',
  },
  number_suppressed: {
    status: 403,
    message: 'The number must not be sent to. The operator can lift this: ardor suppress remove.',
  },
  template_unknown: { status: 404, message: 'There is no such template.' },
  message_unknown: { status: 404, message: 'There is no such message of this client.' },
  route_unknown: { status: 404, message: 'There is no such resource.' },
  method_not_allowed: { status: 405, message: 'Every resource of this API takes POST and nothing else.' },
  request_too_slow: { status: 408, message: 'The request did not come to its end in time.' },
  body_too_large: { status: 413, message: 'The body is larger than allowed.' },
  unsupported_media_type: { status: 415, message: 'Send application/json in UTF-8.' },
  expectation_failed: { status: 417, message: 'Expect may be 100-continue and nothing else.' },
  headers_too_large: { status: 431, message: 'The headers are larger than allowed.' },
  number_rate_limited: { status: 429, message: 'This number had an accepted send a moment ago.' },
  send_rate_limited: { status: 429, message: 'The system accepts no more sends in this second.' },
  client_rate_limited: {
    status: 429,
    message: 'This client has reached its own sends in a second: send slower, or ask the operator for a larger quota.',
  },
  client_quota_exhausted: {
    status: 429,
    message: 'This client has used up its sends of this day (UTC): wait, or ask the operator for a larger quota.',
  },
  country_cap_reached: {
    status: 429,
    message:
      'This client sends far more to this country in this hour than usual: wait, or ask the operator to allow more.',
  },
  client_query_rate_limited: {
    status: 429,
    message: 'This client has reached its own queries in a second: ask slower, or ask the operator for a larger quota.',
  },
  query_rate_limited: { status: 429, message: 'The system answers no more queries in this second.' },
  too_many_failed_logins: {
    status: 429,
    message:
      'The client is unknown or the passcode is not one of its own, like many before from this address. The right ones are accepted at once.',
  },
  internal_error: { status: 500, message: 'We had a problem with our server.' },
  limiter_unavailable: {
    status: 503,
    message: 'The rate limiter cannot answer at the moment; nothing was accepted or looked up.',
  },
  overloaded: {
    status: 503,
    message: 'This server has more work than it can do in time; nothing was accepted or looked up.',
  },
  no_answer_in_time: {
    status: 503,
    message: 'A part of the system did not answer in time; a send may or may not be stored.',
  },
  database_unavailable: { status: 503, message: 'The database is out of reach; a send may or may not be stored.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type RefusalReason = keyof typeof REFUSALS;

/** Values of `error_code` in `querysms`. The carrier's own code is stored beside it and never shown. */
export const FAILURES = {
  rejected: 'The carrier refused the message.',
  unreachable: 'The carrier could not reach the handset.',
  expired: 'The validity ended before a carrier took the message, or the carrier gave up.',
  outcome_unknown: 'The carrier never said whether it took the message.',
  gateway_unavailable: 'No carrier could be reached until the message expired.',
  undecipherable: 'No key of ours opened the stored message until it expired.',
  erased: 'The operator erased what was held of the number while the message waited.',
} as const;

export type FailureReason = keyof typeof FAILURES;

export interface Refusal {
  readonly reason: RefusalReason;
  /** HTTP status. */
  readonly status: number;
  /** One sentence for a developer; holds nothing secret and nothing of a 5xx's cause. */
  readonly message: string;
  /** Whole seconds until another try can succeed, where that is known: Retry-After. */
  readonly retryAfterSeconds?: number;
  /** The methods that the path takes: Allow. */
  readonly allow?: string;
  /** The client's own limit that refused. */
  readonly rateLimit?: RateLimitPolicy;
}

/** A limit of one client, as the fields RateLimit-Policy and RateLimit tell it. */
export interface RateLimitPolicy {
  readonly name: 'sends-per-second' | 'sends-per-day' | 'sends-to-country-per-hour' | 'queries-per-second';
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface RefusalDetails {
  /** Replaces the catalogue's general sentence. */
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: string;
  readonly rateLimit?: RateLimitPolicy;
}

export function refuse(reason: RefusalReason, details?: RefusalDetails): Refusal {
  const { status, message } = REFUSALS[reason];
  return { reason, status, message, ...details };
}

export const REFUSAL_REASONS = Object.keys(REFUSALS) as RefusalReason[];
