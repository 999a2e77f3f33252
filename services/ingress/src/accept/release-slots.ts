import type { Limiter, Slot } from '@ardor/limits/limiter';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';

export interface ReleaseOptions {
  readonly limiter: Pick<Limiter, 'release'>;
  /** The last failure, when the slots could not be given back until they expired by themselves. */
  readonly onGivenUp: (error: unknown, count: number) => void;
}

export interface ReleaseSlots {
  /** Returns at once; gives the slots back in the background, again and again while Redis is away. */
  release(slots: readonly Slot[]): void;
  /** Resolves when no release is under way. */
  idle(): Promise<void>;
}

/** With the delays below this is longer than a slot lives by default. */
const TRIES = 20;

export function createReleaseSlots({ limiter, onGivenUp }: ReleaseOptions): ReleaseSlots {
  const stop = new AbortController();
  const policy = retry(handleAll, {
    maxAttempts: TRIES,
    backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 }),
  });
  const underWay = new Set<Promise<void>>();
  return {
    release: (slots) => {
      if (slots.length === 0) return;
      const one = policy
        .execute(() => limiter.release(slots), stop.signal)
        .then(
          () => undefined,
          (error: unknown) => onGivenUp(error, slots.length),
        );
      underWay.add(one);
      void one.then(() => underWay.delete(one));
    },
    idle: async () => {
      stop.abort();
      await Promise.all(underWay);
    },
  };
}
