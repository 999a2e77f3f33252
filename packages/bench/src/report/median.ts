/** The median of the samples that are there; null when none is. */
export function medianOf(samples: readonly (number | null | undefined)[]): number | null {
  const sorted = samples.filter((sample) => typeof sample === 'number').sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return high === undefined || low === undefined ? null : (low + high) / 2;
}
