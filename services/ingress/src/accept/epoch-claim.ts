import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { CurrentEpoch, EpochOwner } from '@ardor/store/recovery/limiter-epoch';
import { EPOCH_CLAIM } from '../timing.js';

export interface EpochClaimDeps {
  readonly now: MonotonicClock;
  /** 0..1, for the jitter of the backoff. */
  readonly random: () => number;
  /** Another ingress' epoch is in the way: why this ingress stores nothing. Undefined: not any more. */
  readonly onForeign: (reason: string | undefined) => void;
}

export interface EpochClaim {
  /** Slots are complete in this epoch, in our Redis. */
  holds(epoch: string): void;
  /** The epoch that our Redis was last complete in, unless another Redis' ingress has ended it. */
  held(): string | undefined;
  /** Whether this ingress may begin an epoch in place of the current one. */
  mayBegin(current: CurrentEpoch, own: EpochOwner): boolean;
  /** Why this ingress is not to take sends, although it may hold an epoch. */
  notReadyReason(): string | undefined;
}

/**
 * Decides which of two ingresses that do not share their slots goes on: the one whose epoch is in use. The other begins
 * none until nobody uses that epoch. An epoch that our own Redis had, or has lost, is ours to end.
 *
 * An older version uses its epoch without saying so, and ends every other. It gets the system: we try again after a pause
 * that grows with each epoch that we lose.
 */
export function createEpochClaim({ now, random, onForeign }: EpochClaimDeps): EpochClaim {
  let held: string | undefined;
  let heldSince = 0;
  let losses = 0;
  let tryAgainAt = -Infinity;
  let foreign: string | undefined;
  const setForeign = (reason: string | undefined): void => {
    if ((reason === undefined) !== (foreign === undefined)) onForeign(reason);
    foreign = reason;
  };
  const lose = (): void => {
    held = undefined;
    losses = now() - heldSince > EPOCH_CLAIM.maxPauseMs ? 1 : losses + 1;
    const pause = Math.min(EPOCH_CLAIM.firstPauseMs * 2 ** (losses - 1), EPOCH_CLAIM.maxPauseMs);
    tryAgainAt = now() + pause * (0.5 + random() / 2);
  };
  return {
    holds: (epoch) => {
      if (epoch !== held) heldSince = now();
      held = epoch;
      setForeign(undefined);
    },
    held: () => held,
    mayBegin: (current, own) => {
      const { epoch, owner, unusedMs } = current;
      const isOurs = epoch === held || (owner?.redisRunId === own.redisRunId && owner.mark === own.mark);
      if (!isOurs && held !== undefined) lose();
      const isUsed = owner !== undefined && unusedMs <= EPOCH_CLAIM.unusedMs;
      const may = isOurs || (!isUsed && now() >= tryAgainAt);
      if (!may) setForeign(describe(owner, own));
      return may;
    },
    notReadyReason: () => {
      if (foreign !== undefined) return foreign;
      const isNew = losses > 0 && now() - heldSince < EPOCH_CLAIM.provenMs;
      return isNew ? 'the epoch of the limiter was another ingress’ a moment ago' : undefined;
    },
  };
}

const RUN_ID_DIGITS = 8;

function describe(owner: EpochOwner | undefined, own: EpochOwner): string {
  const ours = `this ingress has ${whereOf(own)}`;
  return owner === undefined
    ? `an ingress of an older version has the epoch of the limiter; ${ours}`
    : `another ingress (${owner.begunBy}) has the epoch of the limiter, with ${whereOf(owner)}; ${ours}`;
}

const whereOf = ({ redisHost, redisRunId, mark }: EpochOwner): string =>
  `Redis ${redisHost} (run ${redisRunId.slice(0, RUN_ID_DIGITS)}) and the mark ${mark}`;
