import type { Redis } from 'ioredis';
import { createRunScript } from './run-script.js';
import { createSlotsState, type SlotsState } from './slots-state.js';

export interface LimiterOptions {
  readonly redis: Redis;
  /** Put before every key. */
  readonly prefix: string;
  /** How long a slot lives: a number has one accepted send in this many seconds. */
  readonly numberSeconds: number;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
}

export interface Slot {
  /** The number's MAC, 16 bytes. */
  readonly phoneMac: Uint8Array;
}

/** The length of a window's buckets, in milliseconds. An event may count for one bucket longer than a second. */
export const WINDOW_BUCKET_MS = 10;

export type SlotDecision =
  | { readonly kind: 'granted' }
  /** The number had an accepted send; its slot is free again in `retryAfterMs`. */
  | { readonly kind: 'number_slot_taken'; readonly retryAfterMs: number }
  /** The whole system has reached its sends a second; there is room again in `retryAfterMs`. */
  | { readonly kind: 'send_window_full'; readonly retryAfterMs: number };

export type SlotDecisions =
  /** One decision for each slot, in order. Rows may be stored only while `epoch` lasts. */
  | { readonly kind: 'decided'; readonly epoch: string; readonly decisions: readonly SlotDecision[] }
  /** Redis may have lost slots, and nothing was taken. */
  | { readonly kind: 'restoring' };

export interface Limiter {
  /**
   * One round trip for all slots; earlier ones win. A slot that `owner` has already is granted again, so a call may be
   * repeated; each call needs an owner of its own. Rejects when Redis does not answer: then some slots may be taken.
   */
  takeSlots(slots: readonly Slot[], owner: string): Promise<SlotDecisions>;
  /** How many of `wanted` queries may go on, and when there is room for more. */
  takeQueries(wanted: number): Promise<{ granted: number; retryAfterMs: number }>;
  /** Gives back the slots that `owner` still has. Only for messages that were certainly never stored. */
  release(slots: readonly Slot[], owner: string): Promise<void>;
  /**
   * Puts back slots that Redis has lost, each for the rest of its life, and prolongs the lock of `epoch` to `lockMs`.
   * A slot that is there with a later end keeps it. False when the lock is gone.
   */
  restore(slots: readonly (Slot & { readonly remainingMs: number })[], epoch: string, lockMs: number): Promise<boolean>;
  readonly slotsState: SlotsState;
}

export function createLimiter({ redis, prefix, ...limits }: LimiterOptions): Limiter {
  const run = createRunScript(redis);
  const slotsState = createSlotsState(redis, run, prefix);
  const slotHashes = [`${prefix}slots`, `${prefix}slots:older`];
  const takeKeys = [slotsState.key, `${prefix}sends`, ...slotHashes];
  return {
    slotsState,
    takeSlots: async (slots, owner) => {
      const macs = packMacs(slots);
      const lifeMs = limits.numberSeconds * 1000;
      const args = async () => [await slotsState.runId(), limits.sendsPerSecond, lifeMs, macs, owner];
      const reply = (await run('take-slots', takeKeys, args)) as TakeSlotsReply | null;
      if (reply === null) return { kind: 'restoring' };
      return { kind: 'decided', epoch: reply[0], decisions: readDecisions(slots.length, reply) };
    },
    takeQueries: async (wanted) => {
      const args = () => [limits.queriesPerSecond, wanted];
      const reply = await run('take-queries', [`${prefix}queries`], args);
      const [granted, retryAfterMs] = reply as [number, number];
      return { granted, retryAfterMs };
    },
    release: async (slots, owner) => {
      if (slots.length > 0) await run('release-slots', slotHashes, () => [packMacs(slots), owner]);
    },
    restore: async (slots, epoch, lockMs) => {
      const lives = slots.map(({ remainingMs }) => Math.max(1, Math.ceil(remainingMs)));
      const args = () => [epoch, lockMs, packMacs(slots), ...lives];
      return (await run('restore-slots', [slotsState.lockKey, ...slotHashes], args)) === 1;
    },
  };
}

const MAC_BYTES = 16;

/** MACS of the scripts: 16 bytes for each slot, one after the other. */
function packMacs(slots: readonly Slot[]): Buffer {
  const macs = Buffer.allocUnsafe(slots.length * MAC_BYTES);
  let at = 0;
  for (const { phoneMac } of slots) {
    if (phoneMac.length !== MAC_BYTES) throw new RangeError('the MAC of a slot has 16 bytes');
    macs.set(phoneMac, at);
    at += MAC_BYTES;
  }
  return macs;
}

/** The reasons of `lua/take-slots.lua`. */
const REFUSED_KINDS = { 1: 'number_slot_taken', 2: 'send_window_full' } as const;

/** The epoch, then for each refused slot: its index, the reason, and the milliseconds until a retry can succeed. */
type TakeSlotsReply = readonly [epoch: string, ...refused: number[]];

const GRANTED: SlotDecision = { kind: 'granted' };

function readDecisions(count: number, [, ...refused]: TakeSlotsReply): SlotDecision[] {
  const decisions = Array.from({ length: count }, () => GRANTED);
  for (let at = 0; at < refused.length; at += 3) {
    const kind = REFUSED_KINDS[refused[at + 1] as keyof typeof REFUSED_KINDS];
    decisions[refused[at] ?? 0] = { kind, retryAfterMs: refused[at + 2] ?? 0 };
  }
  return decisions;
}
