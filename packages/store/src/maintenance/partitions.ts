import type { Database } from '../sql/database.js';

export interface Partitions {
  /** Creates the missing partitions of today and the next `daysAhead` days. Returns how many. */
  ensure(daysAhead: number): Promise<number>;
  /** Drops the partitions of days that ended more than `days` days ago. Returns how many. */
  dropOlderThan(days: number): Promise<number>;
}

export function createPartitions({ sql }: Database): Partitions {
  return {
    ensure: async (daysAhead) => {
      const rows = await sql<{ made: boolean }>`
        SELECT ardor_ensure_partition((now() AT TIME ZONE 'UTC')::date + n) AS made FROM generate_series(0, ${daysAhead}::int) AS n`;
      return rows.filter(({ made }) => made).length;
    },
    dropOlderThan: async (days) => {
      const rows = await sql<{ dropped: number }>`
        SELECT ardor_drop_partitions((now() AT TIME ZONE 'UTC')::date - ${days}::int) AS dropped`;
      return rows[0]?.dropped ?? 0;
    },
  };
}
