import type { Refusal, RefusalReason } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { okResponse, refusalBody, type ApiResponse, type SmsBody } from './response.js';

/** Words that promise that nothing was done; any other 503 leaves it open. */
const NOTHING_DONE: ReadonlySet<RefusalReason> = new Set<RefusalReason>(['overloaded', 'limiter_unavailable']);

/** The answer to a batch: one result for each of its items, in order. */
export function batchResponse(results: readonly Result<SmsBody>[]): Result<ApiResponse> {
  const whole = wholeRefusal(results);
  if (whole) return refused(whole);
  return ok(okResponse({ results: results.map((one) => (one.ok ? one.value : refusedResult(one.refusal))) }));
}

/**
 * When nothing was done because the service could not, that is the answer to the call: the caller shall try it again.
 * Of several reasons the one that promises least.
 */
function wholeRefusal(results: readonly Result<SmsBody>[]): Refusal | undefined {
  const refusals = results.flatMap((one) => (one.ok ? [] : [one.refusal]));
  if (refusals.length < results.length || refusals.some(({ status }) => status !== 503)) return undefined;
  return refusals.find(({ reason }) => !NOTHING_DONE.has(reason)) ?? refusals[0];
}

/** What would be a header of a single answer, in whole seconds, is a field here. */
const refusedResult = (refusal: Refusal): SmsBody & { readonly retry_after?: string } => ({
  ...refusalBody(refusal),
  ...(refusal.retryAfterSeconds === undefined ? {} : { retry_after: String(refusal.retryAfterSeconds) }),
});
