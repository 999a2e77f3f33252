import type { QuotaGroup } from './pack-quotas.js';

/** The limits that can refuse a send. */
export type SendLimit =
  /** The number had an accepted send of this client, or of a client that the limiter does not know. */
  | 'number_slot_taken'
  /** The number had an accepted send of another client. */
  | 'number_slot_taken_by_another'
  /** The client has reached its sends a second. */
  | 'client_second_full'
  /** The client has reached its sends of the day. */
  | 'client_day_full'
  /** The client has reached its sends of the hour to the country. */
  | 'country_hour_full'
  /** The whole system has reached its sends a second. */
  | 'send_window_full';

export interface SlotRefusal {
  readonly kind: SendLimit;
  /** Another try can succeed after this. */
  readonly retryAfterMs: number;
}

export type SlotDecision = { readonly kind: 'granted' } | SlotRefusal;

export interface Decisions {
  /** One for each slot, in order. */
  readonly decisions: readonly SlotDecision[];
  /** Clients and countries that have just passed four fifths of their cap. */
  readonly nearCap: readonly QuotaGroup[];
}

/** The epoch, then triples: see `lua/take-slots.lua`. */
export type TakeSlotsReply = readonly [epoch: string, ...triples: number[]];

/** The codes of `lua/take-slots.lua`. */
const LIMITS: Readonly<Record<number, SendLimit>> = {
  1: 'number_slot_taken',
  2: 'number_slot_taken_by_another',
  3: 'client_second_full',
  4: 'client_day_full',
  5: 'country_hour_full',
  6: 'send_window_full',
};
const NEAR_COUNTRY_CAP = 7;

const GRANTED: SlotDecision = { kind: 'granted' };

export function readDecisions(count: number, [, ...triples]: TakeSlotsReply, groups: readonly QuotaGroup[]): Decisions {
  const decisions = Array.from({ length: count }, () => GRANTED);
  const nearCap: QuotaGroup[] = [];
  for (let at = 0; at < triples.length; at += 3) {
    const index = triples[at] ?? 0;
    const code = triples[at + 1] ?? 0;
    const limit = LIMITS[code];
    if (limit !== undefined) decisions[index] = { kind: limit, retryAfterMs: triples[at + 2] ?? 0 };
    else if (code === NEAR_COUNTRY_CAP) nearCap.push(...groups.slice(index, index + 1));
    else throw new RangeError(`the limiter has no limit ${code}`);
  }
  return { decisions, nearCap };
}
