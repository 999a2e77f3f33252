import type { Measurement } from '../scenarios/measurement.js';
import { medianOf } from './median.js';

/** The rounds of one scenario as one: medians, field by field, and the sum of the errors. */
export function summarize(rounds: readonly Measurement[]): Measurement {
  const of = (pick: (one: Measurement) => number | null | undefined): number | null => medianOf(rounds.map(pick));
  const sure = (pick: (one: Measurement) => number | undefined): number => of(pick) ?? 0;
  return {
    per_second: sure(({ per_second }) => per_second),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
    cpu_us: {
      ingress: of(({ cpu_us }) => cpu_us.ingress),
      worker: of(({ cpu_us }) => cpu_us.worker),
      redis: of(({ cpu_us }) => cpu_us.redis),
      postgres: of(({ cpu_us }) => cpu_us.postgres),
      total: of(({ cpu_us }) => cpu_us.total),
    },
    latency_ms: rounds.some(({ latency_ms }) => latency_ms)
      ? {
          p50: sure(({ latency_ms }) => latency_ms?.p50),
          p99: sure(({ latency_ms }) => latency_ms?.p99),
          p999: sure(({ latency_ms }) => latency_ms?.p999),
        }
      : null,
    loop_delay_p99_ms: of(({ loop_delay_p99_ms }) => loop_delay_p99_ms),
    memory: rounds.some(({ memory }) => memory)
      ? {
          redis_bytes_per_queued: sure(({ memory }) => memory?.redis_bytes_per_queued),
          postgres_bytes_per_row: sure(({ memory }) => memory?.postgres_bytes_per_row),
        }
      : null,
  };
}
