import type { MonotonicClock } from '../concurrency/monotonic-clock.js';

/**
 * The time of a server, told between two questions to it by the monotonic clock. Processes that ask one server agree on
 * the time, whatever their own clocks say (docs/adr/0028). All times are Unix milliseconds with a fraction.
 */
export interface ServerClock {
  /** The best estimate of the server's time now. */
  now(): number;
  /** The server's time now is this or later. */
  earliest(): number;
  /** The server's time now is this or earlier. */
  latest(): number;
  /** Asks the server once. Rejects when it does not answer. */
  sample(): Promise<void>;
}

/** Two clocks may drift apart by this share of the time between two samples: NTP corrects a clock by 500 ppm at most. */
const MAX_DRIFT = 500e-6;
/** The first sample opens a connection, which takes far longer than an answer. */
const FIRST_SAMPLES = 3;

/** Samples the server, and rejects when it does not answer. The caller samples again periodically. */
export async function startServerClock(
  readTime: () => Promise<number>,
  monotonic: MonotonicClock,
): Promise<ServerClock> {
  const clock = createServerClock(readTime, monotonic);
  for (let count = 0; count < FIRST_SAMPLES; count++) await clock.sample();
  return clock;
}

/** Knows nothing before its first sample: its bounds are infinite, and `now` is NaN. */
export function createServerClock(readTime: () => Promise<number>, monotonic: MonotonicClock): ServerClock {
  // The server's time minus the monotonic clock lies between these, as of `sampledAt`.
  let low = -Infinity;
  let high = Infinity;
  let sampledAt = 0;
  const driftSince = (moment: number): number => (moment - sampledAt) * MAX_DRIFT;
  return {
    now: () => monotonic() + (low + high) / 2,
    earliest: () => {
      const moment = monotonic();
      return moment + low - driftSince(moment);
    },
    latest: () => {
      const moment = monotonic();
      return moment + high + driftSince(moment);
    },
    sample: async () => {
      const before = monotonic();
      const time = await readTime();
      const after = monotonic();
      // The server read its clock after `before` and before `after`.
      const [newLow, newHigh] = [time - after, time - before];
      const [oldLow, oldHigh] = [low - driftSince(after), high + driftSince(after)];
      // Without a common moment, the server's clock was set, or this machine slept: only the new sample counts.
      const agrees = newLow <= oldHigh && newHigh >= oldLow;
      low = agrees ? Math.max(newLow, oldLow) : newLow;
      high = agrees ? Math.min(newHigh, oldHigh) : newHigh;
      sampledAt = after;
    },
  };
}
