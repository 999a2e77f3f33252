import type { Redis } from 'ioredis';
import { createRunScript } from './run-script.js';
import { REFILL, RELEASE, TAKE_QUERIES, TAKE_SENDS } from './script.js';
import { createSlotsState, type SlotsState } from './slots-state.js';

export interface LimiterOptions {
  readonly redis: Redis;
  /** Put before every key. */
  readonly prefix: string;
  /** A number has one accepted send in this many seconds. */
  readonly numberSeconds: number;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
}

export interface Slot {
  /** The number's MAC, 16 bytes. */
  readonly phoneMac: Uint8Array;
}

export type SlotDecision =
  | { readonly kind: 'granted' }
  /** The number had an accepted send; free again in `retryAfterMs`. */
  | { readonly kind: 'number_limited'; readonly retryAfterMs: number }
  | { readonly kind: 'system_limited'; readonly retryAfterMs: number };

/** `epoch` goes with the rows: they may only be stored while it lasts. `cold`: nothing was taken, slots may be lost. */
export type SlotDecisions =
  | { readonly kind: 'warm'; readonly epoch: string; readonly grants: readonly SlotDecision[] }
  | { readonly kind: 'cold' };

export interface Limiter {
  /**
   * One round trip for all slots, in order; earlier ones win. What `holder` holds already is granted again, so that a call
   * may be repeated; no other call has the same. Rejects when Redis is out of reach: then some may be held.
   */
  takeSlots(slots: readonly Slot[], holder: string): Promise<SlotDecisions>;
  /** How many of `wanted` queries may go on, and when there is room for more. */
  takeQueryBudget(wanted: number): Promise<{ granted: number; retryAfterMs: number }>;
  /** Gives back slots that `holder` holds, of messages that were certainly never stored. */
  release(slots: readonly Slot[], holder: string): Promise<void>;
  /**
   * Puts slots back that Redis has lost, each for what remains of its life where it is not held for longer, and keeps the
   * lock of `epoch` for `lockMs` more; false when that lock is gone.
   */
  restore(slots: readonly (Slot & { readonly remainingMs: number })[], epoch: string, lockMs: number): Promise<boolean>;
  readonly slotsState: SlotsState;
}

export function createLimiter({ redis, prefix, ...limits }: LimiterOptions): Limiter {
  const run = createRunScript(redis);
  const warm = createSlotsState(redis, run, prefix);
  const hashes = [`${prefix}slots`, `${prefix}slots:older`];
  return {
    slotsState: warm,
    takeSlots: async (slots, holder) => {
      const macs = pack(slots);
      const keys = [warm.key, `${prefix}sends`, ...hashes];
      const args = async () => [await warm.runId(), limits.sendsPerSecond, limits.numberSeconds * 1000, macs, holder];
      const [epoch, ...refusals] = (await run(TAKE_SENDS, keys, args)) as [string?, ...number[]];
      return epoch === undefined
        ? { kind: 'cold' }
        : { kind: 'warm', epoch, grants: readGrants(slots.length, refusals) };
    },
    takeQueryBudget: async (wanted) => {
      const keys = [`${prefix}queries`];
      const args = () => [limits.queriesPerSecond, wanted];
      const [granted = 0, retryAfterMs = 0] = (await run(TAKE_QUERIES, keys, args)) as number[];
      return { granted, retryAfterMs };
    },
    release: async (slots, holder) => {
      if (slots.length > 0) await run(RELEASE, hashes, () => [pack(slots), holder]);
    },
    restore: async (slots, epoch, lockMs) => {
      const lives = slots.map(({ remainingMs }) => Math.max(1, Math.ceil(remainingMs)));
      return (await run(REFILL, [warm.lockKey, ...hashes], () => [epoch, lockMs, pack(slots), ...lives])) === 1;
    },
  };
}

const MAC_BYTES = 16;

/** MACS of the scripts. */
function pack(slots: readonly Slot[]): Buffer {
  const macs = Buffer.allocUnsafe(slots.length * MAC_BYTES);
  let at = 0;
  for (const { phoneMac } of slots) {
    if (phoneMac.length !== MAC_BYTES) throw new RangeError('the MAC of a slot has 16 bytes');
    macs.set(phoneMac, at);
    at += MAC_BYTES;
  }
  return macs;
}

const GRANTED: SlotDecision = { kind: 'granted' };

/** `refusals` has two integers for each slot that was not granted: its place, and why. */
function readGrants(count: number, refusals: readonly number[]): SlotDecision[] {
  const grants = Array.from({ length: count }, () => GRANTED);
  for (let at = 0; at < refusals.length; at += 2) grants[refusals[at] ?? 0] = readRefusal(refusals[at + 1] ?? 0);
  return grants;
}

const readRefusal = (result: number): SlotDecision =>
  result > 0 ? { kind: 'number_limited', retryAfterMs: result } : { kind: 'system_limited', retryAfterMs: -result };
