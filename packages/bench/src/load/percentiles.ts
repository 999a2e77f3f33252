export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Nearest rank: always an observed value, never one between two. Null without samples. */
export function percentiles(samples: readonly number[]): Percentiles | null {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
