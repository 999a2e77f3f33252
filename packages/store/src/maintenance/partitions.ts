import type { Database } from '../sql/database.js';

export interface Partitions {
  /** Creates the missing partitions of today and the next `daysAhead` days, 60 at most. Returns how many. */
  ensure(daysAhead: number): Promise<number>;
  state(): Promise<PartitionState>;
}

export interface PartitionState {
  /** Days from the day of the oldest partition until today. A detached partition counts until it is dropped. */
  readonly oldestDays: number;
  /** How many days after today have their partition without a gap. -1: today has none. */
  readonly daysAhead: number;
}

/**
 * The comment of a partition that is to be dropped. It tells a partition that the worker detached from a table that
 * somebody keeps.
 */
export const PAST_RETENTION = 'ardor: past its retention';

export function createPartitions({ sql }: Database): Partitions {
  return {
    ensure: async (daysAhead) => {
      let count = 0;
      // A transaction for each day: its locks are short, so that several copies at once do not time each other out.
      for (let n = 0; n <= daysAhead; n++) {
        const [row] = await sql<{ made: boolean }>`
          SELECT ardor_ensure_partition((now() AT TIME ZONE 'UTC')::date + ${n}::int) AS made`;
        if (row?.made) count++;
      }
      return count;
    },
    state: async () => {
      const rows = await sql<PartitionState>`
        WITH days AS (
          SELECT to_date(substr(c.relname, 10), 'YYYYMMDD') - (now() AT TIME ZONE 'UTC')::date AS day,
            EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS attached, obj_description(c.oid, 'pg_class') AS mark
          FROM pg_class c
          WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'messages'::regclass)
            AND c.relkind = 'r' AND c.relname ~ '^messages_[0-9]{8}$'
        )
        SELECT coalesce((SELECT -min(day) FROM days WHERE attached OR mark = ${PAST_RETENTION}), 0) AS "oldestDays",
          (SELECT min(n) - 1 FROM generate_series(0, 61) AS n WHERE NOT EXISTS (SELECT FROM days WHERE attached AND day = n)) AS "daysAhead"`;
      const [state] = rows;
      if (!state) throw new Error('the state of the partitions has one row');
      return state;
    },
  };
}
