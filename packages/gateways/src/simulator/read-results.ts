import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import type { Outcome } from '@ardor/domain/message/outcome';
import { parseObject } from './parse-object.js';

interface Answer {
  readonly status: number;
  /** The Retry-After header, in seconds. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const UNREADABLE: Outcome = { kind: 'uncertain', cause: 'unreadable_answer' };

/** Reads the answer to POST /messages: one outcome for each message, in order. */
export function readResults(answer: Answer, messages: readonly { id: string }[]): Outcome[] {
  const { status } = answer;
  if (status === 429 || status === 503) return messages.map(() => wholeCallRefused(answer));
  if (status !== 200) return messages.map(() => ({ kind: 'uncertain', cause: 'http_status' }));
  const results: unknown = parseObject(answer.body)['results'];
  if (!Array.isArray(results)) return messages.map(() => UNREADABLE);
  return messages.map(({ id }, index) => readResult(id, results[index]));
}

/** Nothing of the call was taken. */
function wholeCallRefused({ status, retryAfter }: Answer): Outcome {
  const cause = status === 429 ? 'throttled' : 'gateway_unavailable';
  return { kind: 'deferred', cause, ...wait(Number(retryAfter) * 1000) };
}

function readResult(id: string, result: unknown): Outcome {
  const { reference, id: carrierId, error, code, retry_after_ms: retryMs } = (result ?? {}) as Record<string, unknown>;
  if (reference !== id) return UNREADABLE;
  const taken = sanitizeCarrierText(carrierId);
  if (taken !== undefined && error === undefined) return { kind: 'accepted', carrierId: taken };
  if (error === 'rejected')
    return { kind: 'rejected', reason: 'rejected', carrierCode: sanitizeCarrierText(code) ?? '' };
  // An id says that it was taken: sent again it might be there twice.
  if (error === 'throttled' && carrierId === undefined)
    return { kind: 'deferred', cause: 'throttled', ...wait(retryMs) };
  return UNREADABLE;
}

/** No wish of a carrier is honoured beyond this: it would outlive most messages. */
const MAX_WAIT_MS = 3_600_000;

/** JSON's 1e999 is Infinity, and no time to wait. */
const wait = (ms: unknown): { retryAfterMs?: number } =>
  typeof ms === 'number' && ms > 0 && Number.isFinite(ms) ? { retryAfterMs: Math.min(ms, MAX_WAIT_MS) } : {};
