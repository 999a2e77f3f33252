import { refuse, type RateLimitPolicy, type Refusal, type RefusalReason } from '@ardor/domain/errors/reasons';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import type { CountryCap } from '@ardor/rate-limits/client-quota';
import { CLIENT_SLICE_MS, WINDOW_BUCKET_MS } from '@ardor/rate-limits/limiter';
import type { QuotaUse } from '@ardor/rate-limits/pack-quotas';
import type { SlotRefusal } from '@ardor/rate-limits/read-decisions';

const RESTORING = 'The rate limiter is being restored from the database; nothing was accepted.';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;

/** 429: the number's slot is taken, or a quota of the client or the send window has no room. */
export function slotRefusal(
  { kind, retryAfterMs }: SlotRefusal,
  { quota, country }: QuotaUse,
  countryCap: CountryCap,
): Refusal {
  switch (kind) {
    case 'number_slot_taken':
    case 'number_slot_taken_by_another':
      return refuse('number_rate_limited', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
    case 'client_second_full':
      return clientRefusal('client_rate_limited', retryAfterMs - CLIENT_SLICE_MS, {
        name: 'sends-per-second',
        quota: quota.sendsPerSecond ?? 0,
        windowSeconds: 1,
      });
    case 'client_day_full':
      return clientRefusal('client_quota_exhausted', retryAfterMs, {
        name: 'sends-per-day',
        quota: quota.sendsPerDay ?? 0,
        windowSeconds: DAY_SECONDS,
      });
    case 'country_hour_full':
      return clientRefusal('country_cap_reached', retryAfterMs, {
        name: 'sends-to-country-per-hour',
        quota: countryCap(quota, country) ?? 0,
        windowSeconds: HOUR_SECONDS,
      });
    case 'send_window_full':
      // Subtracts the last tick, because rounding it up would add a whole second.
      return refuse('send_rate_limited', { retryAfterSeconds: retryAfterSeconds(retryAfterMs - WINDOW_BUCKET_MS) });
  }
}

/** A limit of the client's own, told in the RateLimit fields too. */
const clientRefusal = (reason: RefusalReason, retryAfterMs: number, rateLimit: RateLimitPolicy): Refusal =>
  refuse(reason, { retryAfterSeconds: retryAfterSeconds(retryAfterMs), rateLimit });

/** 503: the limiter cannot decide. */
export function limiterRefusal(kind: 'restoring' | 'unavailable'): Refusal {
  switch (kind) {
    case 'restoring':
      return refuse('limiter_unavailable', { message: RESTORING, retryAfterSeconds: 1 });
    case 'unavailable':
      return refuse('limiter_unavailable', { retryAfterSeconds: 1 });
  }
}
