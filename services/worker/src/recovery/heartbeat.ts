import type { MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';

export interface HeartbeatOptions {
  /** Stores that this worker is alive for `leaseMs` from now. */
  readonly beat: () => Promise<void>;
  readonly leaseMs: number;
  readonly now: MonotonicClock;
}

export interface Heartbeat {
  /** One beat; rejects when it could not be stored. */
  beat(): Promise<void>;
  /**
   * Whether this worker has held its lease without a break since a moment of the monotonic clock, so that every other
   * worker had to leave its claims alone. Another worker may have what was claimed before a break.
   */
  heldLeaseSince(moment: number): boolean;
  /**
   * Whether this worker has held its lease without a break for a whole lease. If not, the same outage of the database
   * may have kept the others from beating, and their silence says nothing.
   */
  isStable(): boolean;
}

/** A worker holds claims while it beats. It loses them when it stops. */
export function createHeartbeat({ beat, leaseMs, now }: HeartbeatOptions): Heartbeat {
  let aliveUntil = -Infinity;
  let unbrokenSince = Infinity;
  return {
    beat: async () => {
      // Taken before the statement: the lease in the database begins later, so this one ends first.
      const startedAt = now();
      await beat();
      if (startedAt > aliveUntil) unbrokenSince = startedAt;
      aliveUntil = startedAt + leaseMs;
    },
    heldLeaseSince: (moment) => now() < aliveUntil && unbrokenSince <= moment,
    isStable: () => now() < aliveUntil && now() - unbrokenSince >= leaseMs,
  };
}
