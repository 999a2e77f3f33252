/**
 * The smallest and the largest of some UUIDs (lower case). A statement that also bounds the id by them touches only
 * the partitions they lie in: PostgreSQL does not prune by `id = ANY($1)` alone once a plan is generic.
 */
export function idRange(ids: readonly string[]): { low: string; high: string } {
  let low = ids[0] ?? '';
  let high = low;
  for (const id of ids) {
    if (id < low) low = id;
    if (id > high) high = id;
  }
  return { low, high };
}
