import type { Redis } from 'ioredis';
import type { CountryCap } from './client-quota.js';
import type { NumberLimitScope } from './number-limit-scope.js';
import { packQuotas, type QuotaUse } from './pack-quotas.js';
import { readDecisions, type Decisions, type TakeSlotsReply } from './read-decisions.js';
import { createRunScript } from './run-script.js';
import { createSlotsState, type SlotsState } from './slots-state.js';
import { takeQueries, type QueryGrant, type QueriesWanted } from './take-queries.js';

export interface LimiterOptions {
  readonly redis: Redis;
  /** Put before every key. */
  readonly prefix: string;
  /** How long a slot lives: a number has one accepted send in this many seconds. */
  readonly numberSeconds: number;
  /** What the keys of the slots were made of. */
  readonly numberScope: NumberLimitScope;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
  readonly countryCap: CountryCap;
}

export interface Slot {
  /** 16 bytes: the MAC of the number and of whose slot it is. */
  readonly slotKey: Uint8Array;
}

/** A slot, and who wants it. */
export interface SendSlot extends Slot, QuotaUse {}

/** The length of a window's buckets, in milliseconds. An event may count for one bucket longer than a second. */
export const WINDOW_BUCKET_MS = 10;
/** The same for the sliding second of a client: `lua/lib/ring.lua`. */
export const CLIENT_SLICE_MS = 100;

export type SlotDecisions =
  /** One decision for each slot, in order. Rows may be stored only while `epoch` lasts. */
  | ({ readonly kind: 'decided'; readonly epoch: string } & Decisions)
  /** Redis may have lost slots, and nothing was taken. */
  | { readonly kind: 'restoring' };

export interface Limiter {
  /**
   * One round trip for all slots; earlier ones win. A slot that `owner` has already is granted again, so a call may be
   * repeated; each call needs an owner of its own. Rejects when Redis does not answer: then some slots may be taken.
   */
  takeSlots(slots: readonly SendSlot[], owner: string): Promise<SlotDecisions>;
  /** How many of the queries of each client may go on, in one round trip. */
  takeQueries(wanted: readonly QueriesWanted[]): Promise<readonly QueryGrant[]>;
  /**
   * Gives back the slots that `owner` still has, and their sends of the day and the hour. Only for messages that were certainly
   * never stored.
   */
  release(slots: readonly SendSlot[], owner: string): Promise<void>;
  /**
   * Puts back slots that Redis has lost, each for the rest of its life, and prolongs the lock of `epoch` to `lockMs`.
   * A slot that is there with a later end keeps it. False when the lock is gone.
   */
  restore(slots: readonly (Slot & { readonly remainingMs: number })[], epoch: string, lockMs: number): Promise<boolean>;
  readonly slotsState: SlotsState;
}

export function createLimiter({ redis, prefix, numberScope, countryCap, ...limits }: LimiterOptions): Limiter {
  const run = createRunScript(redis);
  const slotsState = createSlotsState(redis, run, prefix, numberScope);
  const slotHashes = [`${prefix}slots`, `${prefix}slots:older`];
  const usedKey = `${prefix}used`;
  const takeKeys = [slotsState.key, `${prefix}sends`, ...slotHashes, usedKey];
  const queryKeys = [`${prefix}queries`, `${prefix}used:queries`];
  return {
    slotsState,
    takeSlots: async (slots, owner) => {
      const keys = packKeys(slots);
      const quotas = packQuotas(slots, countryCap);
      const lifeMs = limits.numberSeconds * 1000;
      const args = async () => [await slotsState.runId(), limits.sendsPerSecond, lifeMs, keys, owner, ...quotas.args];
      const reply = (await run('take-slots', takeKeys, args)) as TakeSlotsReply | null;
      if (reply === null) return { kind: 'restoring' };
      const { decisions, nearCap } = readDecisions(slots.length, reply, quotas.groups);
      return { kind: 'decided', epoch: reply[0], decisions, nearCap };
    },
    takeQueries: (wanted) => takeQueries(run, queryKeys, limits.queriesPerSecond, wanted),
    release: async (slots, owner) => {
      if (slots.length === 0) return;
      const { args } = packQuotas(slots, countryCap);
      await run('release-slots', [...slotHashes, usedKey], () => [packKeys(slots), owner, ...args]);
    },
    restore: async (slots, epoch, lockMs) => {
      const lives = slots.map(({ remainingMs }) => Math.max(1, Math.ceil(remainingMs)));
      const args = () => [epoch, lockMs, packKeys(slots), ...lives];
      return (await run('restore-slots', [slotsState.lockKey, ...slotHashes], args)) === 1;
    },
  };
}

const KEY_BYTES = 16;

/** MACS of the scripts: 16 bytes for each slot, one after the other. */
function packKeys(slots: readonly Slot[]): Buffer {
  const keys = Buffer.allocUnsafe(slots.length * KEY_BYTES);
  let at = 0;
  for (const { slotKey } of slots) {
    if (slotKey.length !== KEY_BYTES) throw new RangeError('the key of a slot has 16 bytes');
    keys.set(slotKey, at);
    at += KEY_BYTES;
  }
  return keys;
}
