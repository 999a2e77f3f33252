/** What a run has done and measured so far. Times are in milliseconds, of faults that did not overlap but for `both`. */
export interface Counters {
  readonly kills: { ingress: number; worker: number; redis: number; postgres: number };
  /** Steps of two faults that overlapped. */
  pairs: number;
  readonly takeover: number[];
  /** Takeover times of workers that lived and could not reach Postgres. */
  readonly isolatedTakeover: number[];
  readonly recovery: { redis: number[]; postgres: number[]; both: number[] };
  /** The longest pauses of the other members while one was isolated from a store. */
  readonly othersPaused: number[];
  /** The longest pauses of sends while a partition was to be dropped beside a dump. */
  readonly besideDump: number[];
  /** Isolations during which the other members did nothing at all. */
  standstills: number;
}

export const newCounters = (): Counters => ({
  kills: { ingress: 0, worker: 0, redis: 0, postgres: 0 },
  pairs: 0,
  takeover: [],
  isolatedTakeover: [],
  recovery: { redis: [], postgres: [], both: [] },
  othersPaused: [],
  besideDump: [],
  standstills: 0,
});

export const killed = ({ kills }: Counters): number => Object.values(kills).reduce((sum, count) => sum + count, 0);
