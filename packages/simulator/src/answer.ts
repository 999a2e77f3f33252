/** What a handler wants said. Only the HTTP server touches a response. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** Held back for so long. */
      readonly afterMs: number;
    }
  | { readonly kind: 'silence' };

/** The call is read and never answered. */
export const SILENCE: Answer = { kind: 'silence' };

export function json(status: number, value: unknown, afterMs = 0): Answer {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
    afterMs,
  };
}

export function html(body: string, headers: Readonly<Record<string, string>>): Answer {
  return {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body,
    afterMs: 0,
  };
}
