import type { Sealer } from '@ardor/crypto/sealer';
import { createMissingPartitions, lacksPartition } from '../maintenance/missing-partitions.js';
import type { Database } from '../sql/database.js';
import { readIds } from '../sql/ids.js';
import { StoreError } from '../sql/store-error.js';
import type { NewMessage } from './new-message.js';
import { packMessages } from './pack-messages.js';

/** The limiter's permission to store the messages of one call. */
export interface Permit {
  /** The limiter's epoch in which it was given. */
  readonly epoch: string;
  /** Nothing is stored after this moment: Unix milliseconds on the database's clock. */
  readonly endsAt: number;
}

/**
 * `epoch_ended`: the limiter lost its slots between the grant and the commit; the message was not stored.
 * `too_late`: the statement reached the database after the permit had ended; the message was not stored.
 * `suppressed`: the number must not be sent to; the message was not stored.
 * `invalid_row`: the database refused this message; it was not stored.
 * `not_stored`: the statement failed, and certainly stored nothing.
 * `maybe_stored`: the connection broke before the database responded; the message may be stored.
 */
export type InsertResult =
  'stored' | 'epoch_ended' | 'too_late' | 'suppressed' | 'invalid_row' | 'not_stored' | 'maybe_stored';

/**
 * Stores messages that the limiter granted; one result for each, in order. Number and text are sealed before they leave
 * this process. One statement stores all that are not suppressed, or none. When the database refuses one, the batch is
 * halved until that message stands alone, so that it does not fail its neighbours.
 */
export type InsertMessages = (messages: readonly NewMessage[], permit: Permit) => Promise<InsertResult[]>;

export interface InsertOptions {
  /** A message that is still queuing after this long is overdue for recovery, in milliseconds. */
  readonly requeueAfterMs: number;
  /** Called for each statement that failed. */
  readonly onFailure: (error: StoreError) => void;
  /** Called when days of a batch had no partition and got theirs. The worker should have created them long before. */
  readonly onPartitionsCreated?: (count: number) => void;
}

export function createInsertMessages(database: Database, sealer: Sealer, options: InsertOptions): InsertMessages {
  const insertAll = createInsertInPartitions(database, sealer, options);
  const insert: InsertMessages = async (messages, permit) => {
    if (messages.length === 0) return [];
    try {
      return await insertAll(messages, permit);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      options.onFailure(error);
      if (error.kind !== 'invalid_data' || messages.length === 1) return messages.map(() => failedResult(error));
      const half = Math.ceil(messages.length / 2);
      return [...(await insert(messages.slice(0, half), permit)), ...(await insert(messages.slice(half), permit))];
    }
  };
  return insert;
}

function failedResult({ kind, certainlyNotStored }: StoreError): InsertResult {
  if (kind === 'invalid_data') return 'invalid_row';
  return certainlyNotStored ? 'not_stored' : 'maybe_stored';
}

/** When a day has no partition, creates it and tries once more: a message must not be refused for want of one. */
function createInsertInPartitions(database: Database, sealer: Sealer, options: InsertOptions) {
  const insertAll = createInsertAll(database, sealer, options);
  const createPartitionsOf = createMissingPartitions(database);
  return async (messages: readonly NewMessage[], permit: Permit): Promise<InsertResult[]> => {
    try {
      return await insertAll(messages, permit);
    } catch (error) {
      if (!lacksPartition(error)) throw error;
      options.onPartitionsCreated?.(await createPartitionsOf(messages.map(({ id }) => id)));
      return insertAll(messages, permit);
    }
  };
}

/**
 * Stores all messages that are not suppressed in one statement, if the permit holds when the database carries it out.
 * Returns one result for each, in order.
 */
function createInsertAll({ sql }: Database, sealer: Sealer, { requeueAfterMs }: InsertOptions) {
  return async (messages: readonly NewMessage[], permit: Permit): Promise<InsertResult[]> => {
    const { sharedColumns, chunkIds, bytes, ...rows } = packMessages(messages, sealer);
    const shared = (pick: (one: NewMessage) => string) => sharedColumns.map(pick);
    // Suppressions are read by the statement that stores, so there is no moment between a check and the commit (docs/adr/0025).
    // A subquery that returns a row, unlike NOT EXISTS, never becomes a join that reads all suppressions.
    // LIMIT removes no row. With it a plan for any batch looks no dearer than one for this batch, so a session plans once.
    const [inserted] = await sql<Inserted>`
      WITH checked AS (
        SELECT ardor_check_permit(${permit.epoch}, to_timestamp(${permit.endsAt}::float8 / 1000)) AS state
      ), stored AS (INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac, payload)
      SELECT id, client_id, (${shared((one) => one.templateId)}::text[])[shared_index],
        (${shared((one) => one.lane)}::lane[])[shared_index], 'queuing', (${shared((one) => one.onUnknown)}::on_unknown[])[shared_index],
        (${chunkIds}::uuid[])[chunk_index], expires_at,
        least(expires_at, now() + ${requeueAfterMs}::int * interval '1 millisecond'), phone_mac, payload
      FROM (
        SELECT id, (${shared((one) => one.clientId)}::text[])[shared_index] AS client_id, shared_index, chunk_index, to_timestamp(expiry / 1000) AS expires_at,
          substr(bytes, start, 16) AS phone_mac, substr(bytes, start + 16, size - 16) AS payload
        FROM unnest(${rows.ids}::uuid[], ${rows.expiries}::float8[], ${rows.sharedIndexes}::int[], ${rows.chunkIndexes}::int[],
            ${rows.starts}::int[], ${rows.sizes}::int[]) AS packed (id, expiry, shared_index, chunk_index, start, size),
          (SELECT ${bytes}::bytea AS bytes) AS all_bytes
        LIMIT ${messages.length}::int
      ) AS new
      WHERE (SELECT state FROM checked) = 'valid'
        AND CASE WHEN EXISTS (SELECT FROM suppressions) THEN (
          SELECT true FROM suppressions s
          WHERE s.phone_mac = new.phone_mac AND ardor_suppression_holds(s.client_id, new.client_id) LIMIT 1
        ) IS NULL ELSE true END
      RETURNING id)
      SELECT state, CASE WHEN (SELECT count(*) FROM stored) < ${messages.length}::int
        THEN (SELECT coalesce(string_agg(id::text, ','), '') FROM stored) END AS ids FROM checked`;
    return readResults(messages, inserted);
  };
}

interface Inserted {
  readonly state: 'valid' | 'epoch_ended' | 'too_late';
  /** The ids that were stored. Null when all were. */
  readonly ids: string | null;
}

function readResults(messages: readonly NewMessage[], inserted: Inserted | undefined): InsertResult[] {
  const { state = 'too_late', ids = null } = inserted ?? {};
  if (state !== 'valid') return messages.map(() => state);
  if (ids === null) return messages.map(() => 'stored');
  const stored = readIds([{ ids }]);
  return messages.map(({ id }) => (stored.has(id) ? 'stored' : 'suppressed'));
}
