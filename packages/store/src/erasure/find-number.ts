import type { Database } from '../sql/database.js';

export interface NumberPage {
  /** How many rows were read. */
  readonly read: number;
  /** The messages of the number among them. */
  readonly ids: readonly string[];
  /** The next page begins after this id. Undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * Reads the `limit` messages after the id `after`, and tells which are of the number. The MAC has no index, because each
 * of the four writes of a message's life would have to maintain it. So a number is found by reading every row once.
 */
export type FindNumber = (phoneMac: Uint8Array, after: string, limit: number) => Promise<NumberPage>;

export const createFindNumber =
  ({ sql }: Database): FindNumber =>
  async (phoneMac, after, limit) => {
    const [row] = await sql<{ read: number; last: string | null; ids: string | null }>`
      WITH page AS MATERIALIZED (
        SELECT id, phone_mac FROM messages WHERE id > ${after}::uuid ORDER BY id LIMIT ${limit}::int
      )
      SELECT count(*)::int AS read, (array_agg(id ORDER BY id DESC))[1]::text AS last,
        string_agg(id::text, ',') FILTER (WHERE phone_mac = decode(${Buffer.from(phoneMac).toString('hex')}, 'hex')) AS ids
      FROM page`;
    const { read = 0, last = null, ids = null } = row ?? {};
    return { read, ids: ids ? ids.split(',') : [], next: read < limit ? undefined : (last ?? undefined) };
  };
