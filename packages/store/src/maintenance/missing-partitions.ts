import type { Database } from '../sql/database.js';
import { StoreError } from '../sql/store-error.js';

/** A row fits no partition. The code also stands for a failed CHECK constraint, but then names the constraint. */
const CHECK_VIOLATION = '23514';

/** Whether an INSERT failed because a day has no partition. */
export const lacksPartition = (error: unknown): boolean =>
  error instanceof StoreError &&
  error.sqlstate === CHECK_VIOLATION &&
  (error.cause as { constraint?: string }).constraint === undefined;

/**
 * Creates the missing partitions of the days of these UUIDv7 ids. Returns how many. Throws StoreError: `invalid_data`
 * when a day is not within 2 days before and 60 days after today.
 */
export type CreateMissingPartitions = (ids: readonly string[]) => Promise<number>;

export const createMissingPartitions =
  ({ sql }: Pick<Database, 'sql'>): CreateMissingPartitions =>
  async (ids) => {
    const rows = await sql<{ made: boolean }>`
      SELECT ardor_ensure_partition(day) AS made
      FROM (SELECT DISTINCT ardor_uuid_day(id) AS day FROM unnest(${ids}::uuid[]) AS id) AS days`;
    return rows.filter(({ made }) => made).length;
  };
