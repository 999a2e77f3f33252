import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import type { Percentiles } from '../load/percentiles.js';

/** What one trial measured, and after all rounds the medians of it; null where there is nothing of the kind. */
export interface Measurement {
  readonly per_second: number;
  readonly errors: number;
  /** Microseconds for each message. */
  readonly cpu_us: CpuPerMessage;
  readonly latency_ms: Percentiles | null;
  readonly loop_delay_p99_ms: number | null;
  readonly memory: Memory | null;
}

export interface Memory {
  /** Of the queue and of the number slots, for each message that waits. */
  readonly redis_bytes_per_queued: number;
  /** Of tables and indexes. */
  readonly postgres_bytes_per_row: number;
}
