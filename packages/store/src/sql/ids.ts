/**
 * The smallest and the largest of some UUIDs (lower case). A statement that also bounds the id by them reads only
 * the partitions of those days: by `id = ANY($1)` alone PostgreSQL prunes no partition once a plan is generic.
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

/** Reads `string_agg(id::text, ',') AS ids`. The driver takes far longer for one row an id than for one text. */
export function readIds(rows: readonly { readonly ids: string | null }[]): ReadonlySet<string> {
  const ids = rows[0]?.ids;
  return new Set(ids ? ids.split(',') : []);
}
