import type { Limiter, SendSlot } from '@ardor/rate-limits/limiter';
import { createInFlightCounter } from '@ardor/runtime/concurrency/in-flight';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import { SLOT_RELEASE } from '../timing.js';

export interface SlotReleaserDeps {
  readonly limiter: Pick<Limiter, 'release'>;
  /** Called with the last failure, when the slots could not be given back. They then expire by themselves. */
  readonly onReleaseFailed: (error: unknown, count: number) => void;
}

export interface SlotReleaser {
  /** Returns at once. Gives the slots back in the background and retries while Redis is away. */
  release(slots: readonly SendSlot[], owner: string): void;
  /** Stops retrying; resolves when no release is in flight. */
  idle(): Promise<void>;
}

export function createSlotReleaser({ limiter, onReleaseFailed }: SlotReleaserDeps): SlotReleaser {
  const stop = new AbortController();
  const policy = retry(handleAll, {
    maxAttempts: SLOT_RELEASE.tries,
    backoff: new ExponentialBackoff({ initialDelay: SLOT_RELEASE.firstPauseMs, maxDelay: SLOT_RELEASE.maxPauseMs }),
  });
  const inFlight = createInFlightCounter();
  return {
    release: (slots, owner) => {
      if (slots.length === 0) return;
      // Kept for minutes at worst, so without the messages' numbers and texts.
      const slotsOnly = slots.map(({ slotKey, quota, country }): SendSlot => ({ slotKey, quota, country }));
      const releasing = policy.execute(() => limiter.release(slotsOnly, owner), stop.signal);
      inFlight.add(releasing.catch((error: unknown) => onReleaseFailed(error, slots.length)));
    },
    idle: () => {
      stop.abort();
      return inFlight.idle();
    },
  };
}
