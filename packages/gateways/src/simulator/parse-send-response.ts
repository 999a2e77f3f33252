import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import type { Outcome } from '@ardor/domain/message/outcome';
import { parseObject } from './parse-object.js';

export interface SendResponse {
  readonly status: number;
  /** The Retry-After header, in seconds. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const UNREADABLE: Outcome = { kind: 'uncertain', cause: 'unreadable_answer' };

/** Parses the response to POST /messages: one outcome for each message, in order. */
export function parseSendResponse(response: SendResponse, messages: readonly { id: string }[]): Outcome[] {
  const { status } = response;
  if (status === 429 || status === 503) return messages.map(() => wholeCallRefused(response));
  if (status !== 200) return messages.map(() => ({ kind: 'uncertain', cause: 'http_status' }));
  const results: unknown = parseObject(response.body)['results'];
  if (!Array.isArray(results)) return messages.map(() => UNREADABLE);
  return messages.map(({ id }, index) => parseResult(id, results[index]));
}

/** The carrier received none of the call's messages. */
function wholeCallRefused({ status, retryAfter }: SendResponse): Outcome {
  const cause = status === 429 ? 'throttled' : 'gateway_unavailable';
  return { kind: 'deferred', cause, ...wait(Number(retryAfter) * 1000) };
}

function parseResult(id: string, result: unknown): Outcome {
  const fields = (result ?? {}) as Record<string, unknown>;
  const { reference, id: carrierId, error, code, retry_after_ms: retryMs } = fields;
  if (reference !== id) return UNREADABLE;
  const receivedAs = sanitizeCarrierText(carrierId);
  if (receivedAs !== undefined && error === undefined) return { kind: 'accepted', carrierId: receivedAs };
  if (error === 'rejected')
    return { kind: 'rejected', reason: 'rejected', carrierCode: sanitizeCarrierText(code) ?? '' };
  // With an id the message was received: the handset would get it twice if we sent it again.
  if (error === 'throttled' && carrierId === undefined)
    return { kind: 'deferred', cause: 'throttled', ...wait(retryMs) };
  return UNREADABLE;
}

/** The longest wait a carrier may ask for: most messages expire before that. */
const MAX_WAIT_MS = 3_600_000;

/** JSON's 1e999 parses as Infinity, which is no time to wait. */
const wait = (ms: unknown): { retryAfterMs?: number } =>
  typeof ms === 'number' && ms > 0 && Number.isFinite(ms) ? { retryAfterMs: Math.min(ms, MAX_WAIT_MS) } : {};
