/** A handler's decision about a call. Only the HTTP server touches node's response object. */
export type CallResponse =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** The server sends it after this delay, in milliseconds. */
      readonly afterMs: number;
    }
  | { readonly kind: 'no-response' };

/** The call is read, and no response is ever sent. */
export const NO_RESPONSE: CallResponse = { kind: 'no-response' };

export function json(status: number, value: unknown, afterMs = 0): CallResponse {
  return {
    kind: 'response',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
    afterMs,
  };
}

export function html(body: string, headers: Readonly<Record<string, string>>): CallResponse {
  return {
    kind: 'response',
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body,
    afterMs: 0,
  };
}
