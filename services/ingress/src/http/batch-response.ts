import type { Refusal, RefusalReason } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { okResponse, refusalBody, type ApiResponse, type SmsBody } from './response.js';

/** Reasons that promise that nothing was stored; any other 503 leaves it open. */
const NOTHING_DONE: ReadonlySet<RefusalReason> = new Set<RefusalReason>(['overloaded', 'limiter_unavailable']);

/** The response to a batch: one result for each item, in order. */
export function batchResponse(results: readonly Result<SmsBody>[]): Result<ApiResponse> {
  const whole = wholeRefusal(results);
  if (whole) return refused(whole);
  return ok(okResponse({ results: results.map((one) => (one.ok ? one.value : refusedResult(one.refusal))) }));
}

/**
 * When every item got a 503, the whole call gets it, so that the caller repeats the call. The reason that promises least is taken: the
 * caller must not believe that nothing was stored when something may be.
 */
function wholeRefusal(results: readonly Result<SmsBody>[]): Refusal | undefined {
  const refusals = results.flatMap((one) => (one.ok ? [] : [one.refusal]));
  if (refusals.length < results.length || refusals.some(({ status }) => status !== 503)) return undefined;
  return refusals.find(({ reason }) => !NOTHING_DONE.has(reason)) ?? refusals[0];
}

/** Retry-After of a single response is the field `retry_after` here, in whole seconds. */
const refusedResult = (refusal: Refusal): SmsBody & { readonly retry_after?: string } => ({
  ...refusalBody(refusal),
  ...(refusal.retryAfterSeconds === undefined ? {} : { retry_after: String(refusal.retryAfterSeconds) }),
});
