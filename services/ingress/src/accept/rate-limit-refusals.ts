import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import { WINDOW_BUCKET_MS, type SlotDecision } from '@ardor/rate-limits/limiter';

const RESTORING = 'The rate limiter is being restored from the database; nothing was accepted.';

/** 429: the number's slot is taken, or the send window is full. */
export function slotRefusal(decision: Exclude<SlotDecision, { kind: 'granted' }> | undefined): Refusal {
  switch (decision?.kind) {
    case 'number_slot_taken':
      return refuse('number_rate_limited', { retryAfterSeconds: retryAfterSeconds(decision.retryAfterMs) });
    case 'send_window_full':
      // Subtracts the last tick, because rounding it up would add a whole second.
      return refuse('send_rate_limited', {
        retryAfterSeconds: retryAfterSeconds(decision.retryAfterMs - WINDOW_BUCKET_MS),
      });
    case undefined:
      return limiterRefusal('unavailable');
  }
}

/** 503: the limiter cannot decide. */
export function limiterRefusal(kind: 'restoring' | 'unavailable'): Refusal {
  switch (kind) {
    case 'restoring':
      return refuse('limiter_unavailable', { message: RESTORING, retryAfterSeconds: 1 });
    case 'unavailable':
      return refuse('limiter_unavailable', { retryAfterSeconds: 1 });
  }
}
