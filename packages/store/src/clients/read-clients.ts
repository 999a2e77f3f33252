import { readDestinations, type Destinations } from '@ardor/domain/phone/destinations';
import type { Database } from '../sql/database.js';
import { readQuota, type QuotaColumns, type QuotaLimits } from './quota-limits.js';

export interface ClientRecord {
  readonly id: string;
  /** ISO 3166-1 alpha-2: the country of the client's national numbers. */
  readonly region: string;
  readonly disabled: boolean;
  /** MACs of the valid passcodes, in hex. */
  readonly passcodeMacs: readonly string[];
  /** Ids of the templates it may use. */
  readonly grants: ReadonlySet<string>;
  readonly limits: QuotaLimits;
  readonly destinations: Destinations;
}

export interface ChangedClient {
  readonly id: string;
  /** Undefined: the client was deleted. */
  readonly record: ClientRecord | undefined;
}

export interface ClientChanges {
  readonly clients: readonly ChangedClient[];
  /** Whether more clients have changed: read again, from `last` on. */
  readonly more: boolean;
  /** The number of the last change that was read. */
  readonly last: number;
  /** The largest number there is. Smaller than one that was read before: the database has lost changes. */
  readonly latest: number;
}

/** Reads the clients that changed after the change with this number. 0 reads all. Throws StoreError. */
export type ReadClients = (after: number) => Promise<ClientChanges>;

/** The clients of one statement. Reading them keeps the event loop busy for about 5 ms. */
const PAGE = 1_000;

/** `id` is null in the only row of a page without clients. */
interface Row extends QuotaColumns {
  readonly latest: number;
  readonly id: string | null;
  readonly changed: number;
  readonly exists: boolean;
  readonly region: string;
  readonly countries: readonly string[];
  readonly prefixes: readonly string[];
  readonly disabled: boolean;
  readonly macs: readonly string[];
  readonly grants: readonly string[];
}

/** Whatever a record is made of needs the triggers of client_changes (migration 20261128000023). */
export function createReadClients({ sql }: Database, page = PAGE): ReadClients {
  return async (after) => {
    const rows = await sql<Row>`
      SELECT latest, changes.client_id AS id, changed::float8 AS changed, clients.id IS NOT NULL AS exists,
        region, countries, prefixes, disabled_at IS NOT NULL AS disabled, sends_per_second AS "sendsPerSecond", sends_per_day AS "sendsPerDay",
        queries_per_second AS "queriesPerSecond", country_cap_floor AS "countryCapFloor",
        ARRAY(SELECT encode(mac, 'hex') FROM passcodes WHERE client_id = changes.client_id AND revoked_at IS NULL) AS macs,
        ARRAY(SELECT template_id FROM template_grants WHERE client_id = changes.client_id) AS grants
      FROM (SELECT coalesce(max(changed), 0)::float8 AS latest FROM client_changes) AS counter
      LEFT JOIN (
        SELECT client_id, changed FROM client_changes WHERE changed > ${after}::bigint ORDER BY changed LIMIT ${page}::int
      ) AS changes ON true
      LEFT JOIN clients ON clients.id = changes.client_id
      ORDER BY changed`;
    const clients = rows.flatMap((row) =>
      row.id === null ? [] : { id: row.id, record: row.exists ? toRecord(row.id, row) : undefined },
    );
    return {
      clients,
      more: clients.length === page,
      last: clients.length > 0 ? (rows.at(-1)?.changed ?? after) : after,
      latest: rows[0]?.latest ?? 0,
    };
  };
}

const toRecord = (id: string, row: Row): ClientRecord => ({
  id,
  region: row.region,
  disabled: row.disabled,
  passcodeMacs: row.macs,
  grants: new Set(row.grants),
  limits: readQuota(row),
  destinations: readDestinations(row),
});
