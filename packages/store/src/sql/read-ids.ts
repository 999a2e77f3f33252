/** Ids that a statement gave as one text: as many rows, the client would take longer for them than the statement. */
export function readIds(rows: readonly { readonly ids: string | null }[]): ReadonlySet<string> {
  const ids = rows[0]?.ids;
  return new Set(ids ? ids.split(',') : []);
}
