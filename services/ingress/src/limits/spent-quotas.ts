import { clientCountryKey } from '@ardor/rate-limits/client-country';
import type { Sender } from '@ardor/rate-limits/pack-senders';
import type { SlotRefusal } from '@ardor/rate-limits/read-decisions';
import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';

/**
 * What the limiter has just refused because a client's quota is used up. While it certainly still is, further sends of the client are
 * refused without asking: a client that sends on and on must not keep Redis and the others' batches busy.
 */
export interface SpentQuotas {
  remember(refusal: SlotRefusal, sender: Sender): void;
  /** What the limiter would say; undefined where it has to be asked. */
  find(sender: Sender): SlotRefusal | undefined;
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
    remember: ({ kind, retryAfterMs }, sender) => {
      const key = keyOf(kind, sender);
      if (key === undefined) return;
      const at = now();
      // The room in a second comes by time alone, so that its end is certain.
      const believedMs = kind === 'client_second_full' ? retryAfterMs : Math.min(retryAfterMs, LONGEST_MS);
      spent.set(key, { kind, endsAt: at + retryAfterMs, believedUntil: at + believedMs });
      lastBelievedUntil = Math.max(lastBelievedUntil, at + believedMs);
    },
    find: (sender) => {
      if (spent.size === 0) return undefined;
      const at = now();
      if (at >= lastBelievedUntil) {
        spent.clear();
        return undefined;
      }
      const found = [spent.get(sender.quota.clientId), spent.get(countryKey(sender))];
      const one = found.find((candidate) => candidate !== undefined && at < candidate.believedUntil);
      return one && { kind: one.kind, retryAfterMs: one.endsAt - at };
    },
  };
}

/** Undefined: the limit is not the client's own. */
function keyOf(kind: SlotRefusal['kind'], sender: Sender): string | undefined {
  switch (kind) {
    case 'client_second_full':
    case 'client_day_full':
      return sender.quota.clientId;
    case 'country_hour_full':
      return countryKey(sender);
    case 'number_slot_taken':
    case 'number_slot_taken_by_another':
    case 'send_window_full':
      return undefined;
  }
}

const countryKey = ({ quota, country }: Sender): string => clientCountryKey(quota.clientId, country);
