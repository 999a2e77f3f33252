import type { Database } from '../sql/database.js';

export interface CountrySends {
  readonly clientId: string;
  /** See `PhoneNumber`. */
  readonly country: string;
  readonly sends: number;
}

/** What clients usually send to each country. Hours and days are those of UTC and of the database's clock. Throws StoreError. */
export interface CountryDays {
  /** Adds sends to this hour. A client and country stands once. */
  add(counted: readonly CountrySends[]): Promise<void>;
  /** The sends of the highest hour in the last `days` days, for each client and country. Today does not count. */
  highestHours(days: number): Promise<readonly CountrySends[]>;
  /** Deletes what is older than `days` days. Returns how many rows. */
  deleteOlderThan(days: number): Promise<number>;
}

export function createCountryDays({ sql }: Database): CountryDays {
  return {
    add: async (counted) => {
      // In one order, so that two copies that add at once cannot wait for each other.
      const rows = [...counted].sort(
        (one, other) => compare(one.clientId, other.clientId) || compare(one.country, other.country),
      );
      await sql.count`
        INSERT INTO country_days AS old (client_id, country, day, hour, sends, highest_hour)
        SELECT client_id, country, today, hour, sends, sends
        FROM unnest(${rows.map(({ clientId }) => clientId)}::text[], ${rows.map(({ country }) => country)}::text[],
            ${rows.map(({ sends }) => sends)}::int[]) WITH ORDINALITY AS added (client_id, country, sends, n),
          (SELECT (now() AT TIME ZONE 'UTC')::date AS today, extract(hour FROM now() AT TIME ZONE 'UTC')::smallint AS hour) AS clock
        ORDER BY n
        ON CONFLICT (client_id, country, day) DO UPDATE SET
          hour = excluded.hour,
          sends = excluded.sends + CASE WHEN old.hour = excluded.hour THEN old.sends ELSE 0 END,
          highest_hour = greatest(
            old.highest_hour, excluded.sends + CASE WHEN old.hour = excluded.hour THEN old.sends ELSE 0 END)`;
    },
    highestHours: (days) => sql<CountrySends>`
      SELECT client_id AS "clientId", country, max(highest_hour) AS sends FROM country_days,
        (SELECT (now() AT TIME ZONE 'UTC')::date AS today) AS clock
      WHERE day >= today - ${days}::int AND day < today GROUP BY client_id, country`,
    deleteOlderThan: (days) =>
      sql.count`DELETE FROM country_days WHERE day < (now() AT TIME ZONE 'UTC')::date - ${days}::int`,
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
