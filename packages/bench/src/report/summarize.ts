import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import type { Measurement } from '../scenarios/measurement.js';
import { medianOf } from './median.js';

/** Joins the rounds of one scenario: the median of each field, and the sum of the errors. */
export function summarize(rounds: readonly Measurement[]): Measurement {
  const of = (pick: (one: Measurement) => number | null | undefined): number | null => medianOf(rounds.map(pick));
  const known = (pick: (one: Measurement) => number | undefined): number => of(pick) ?? 0;
  return {
    per_second: known(({ per_second }) => per_second),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    cpu_us: cpuOf(rounds),
    latency_ms: rounds.some(({ latency_ms }) => latency_ms)
      ? {
          p50: known(({ latency_ms }) => latency_ms?.p50),
          p99: known(({ latency_ms }) => latency_ms?.p99),
          p999: known(({ latency_ms }) => latency_ms?.p999),
        }
      : null,
    loop_delay_p99_ms: of(({ loop_delay_p99_ms }) => loop_delay_p99_ms),
    memory: rounds.some(({ memory }) => memory)
      ? {
          redis_bytes_per_queued: known(({ memory }) => memory?.redis_bytes_per_queued),
          postgres_bytes_per_row: known(({ memory }) => memory?.postgres_bytes_per_row),
        }
      : null,
  };
}

function cpuOf(rounds: readonly Measurement[]): CpuPerMessage {
  const of = (group: keyof CpuPerMessage): number | null => medianOf(rounds.map(({ cpu_us }) => cpu_us[group]));
  return {
    ingress: of('ingress'),
    worker: of('worker'),
    redis: of('redis'),
    postgres: of('postgres'),
    total: of('total'),
  };
}
