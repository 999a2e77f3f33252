export interface HeartbeatOptions {
  /** Stores that this worker lives for `leaseMs` from now. */
  readonly beat: () => Promise<void>;
  readonly leaseMs: number;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
}

export interface Heartbeat {
  /** One beat; rejects when it could not be stored. */
  beat(): Promise<void>;
  /**
   * Whether every other worker has had to believe that this one lives, without a break, since a moment of the monotonic
   * clock. What was claimed before a break may be another's by now.
   */
  heldLeaseSince(moment: number): boolean;
  /**
   * Whether this worker has lived without a break for a whole lease. If not, the others may have been kept from beating
   * as well, by the same database: their silence says nothing.
   */
  isStable(): boolean;
}

/** Claims are held by workers that live; one that stops beating loses them. */
export function createHeartbeat({ beat, leaseMs, now }: HeartbeatOptions): Heartbeat {
  let aliveUntil = -Infinity;
  let unbrokenSince = Infinity;
  return {
    beat: async () => {
      // From before the statement: the database's lease begins later, so ours ends first.
      const startedAt = now();
      await beat();
      if (startedAt > aliveUntil) unbrokenSince = startedAt;
      aliveUntil = startedAt + leaseMs;
    },
    heldLeaseSince: (moment) => now() < aliveUntil && unbrokenSince <= moment,
    isStable: () => now() < aliveUntil && now() - unbrokenSince >= leaseMs,
  };
}
