import { clientCountryKey } from '@ardor/rate-limits/client-country';
import type { QuotaUse } from '@ardor/rate-limits/pack-quotas';
import type { SlotRefusal } from '@ardor/rate-limits/read-decisions';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';

/**
 * What the limiter has just refused because a client's quota is used up. While it certainly still is, further sends of the client are
 * refused without asking: a client that sends on and on must not keep Redis and the others' batches busy.
 */
export interface SpentQuotas {
  remember(refusal: SlotRefusal, use: QuotaUse): void;
  /** Returns the refusal that the limiter would give; undefined where it has to be asked. */
  find(use: QuotaUse): SlotRefusal | undefined;
}

/** A day or an hour is believed no longer: a slot may be given back, and an operator may raise the quota. */
const LONGEST_MS = 1_000;

interface Spent {
  readonly kind: SlotRefusal['kind'];
  /** When there is room again, and until when that is believed. By the clock of this process. */
  readonly endsAt: number;
  readonly believedUntil: number;
}

export function createSpentQuotas(now: MonotonicClock): SpentQuotas {
  const spent = new Map<string, Spent>();
  let lastBelievedUntil = 0;
  return {
    remember: ({ kind, retryAfterMs }, use) => {
      const key = keyOf(kind, use);
      if (key === undefined) return;
      const at = now();
      // The room in a second comes by time alone, so that its end is certain.
      const believedMs = kind === 'client_second_full' ? retryAfterMs : Math.min(retryAfterMs, LONGEST_MS);
      spent.set(key, { kind, endsAt: at + retryAfterMs, believedUntil: at + believedMs });
      lastBelievedUntil = Math.max(lastBelievedUntil, at + believedMs);
    },
    find: (use) => {
      if (spent.size === 0) return undefined;
      const at = now();
      if (at >= lastBelievedUntil) {
        spent.clear();
        return undefined;
      }
      const found = [spent.get(use.quota.clientId), spent.get(countryKey(use))];
      const one = found.find((candidate) => candidate !== undefined && at < candidate.believedUntil);
      return one && { kind: one.kind, retryAfterMs: one.endsAt - at };
    },
  };
}

/** Undefined: the limit is not the client's own. */
function keyOf(kind: SlotRefusal['kind'], use: QuotaUse): string | undefined {
  switch (kind) {
    case 'client_second_full':
    case 'client_day_full':
      return use.quota.clientId;
    case 'country_hour_full':
      return countryKey(use);
    case 'number_slot_taken':
    case 'number_slot_taken_by_another':
    case 'send_window_full':
      return undefined;
  }
}

const countryKey = ({ quota, country }: QuotaUse): string => clientCountryKey(quota.clientId, country);
