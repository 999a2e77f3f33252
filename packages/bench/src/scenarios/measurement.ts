import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import type { Percentiles } from '../load/percentiles.js';

/** The figures of one trial, or the medians of all rounds. Null where there is nothing of the kind. */
export interface Measurement {
  readonly per_second: number;
  readonly errors: number;
  /** Microseconds a message. */
  readonly cpu_us: CpuPerMessage;
  readonly latency_ms: Percentiles | null;
  readonly loop_delay_p99_ms: number | null;
  readonly memory: Memory | null;
}

export interface Memory {
  /** Jobs and number slots. */
  readonly redis_bytes_per_queued: number;
  /** Tables and indexes. */
  readonly postgres_bytes_per_row: number;
}

/** The values of a trial that measures neither latency nor memory. */
export const NO_MORE = { latency_ms: null, loop_delay_p99_ms: null, memory: null } as const;
