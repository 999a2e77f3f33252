import { legalMoves } from '@ardor/domain/message/transitions';
import type { Query } from './query.js';

/**
 * Makes the database record every change of a message with its author (`application_name`). The oracle can then tell a
 * settlement by the holder of a claim from one by a worker that had lost it.
 */
export async function recordStatusChanges(query: Query): Promise<void> {
  for (const statement of [
    `CREATE TABLE chaos_changes (n bigserial PRIMARY KEY, id uuid, was text, becomes text, old_fence uuid, new_fence uuid,
       new_chunk boolean, who text DEFAULT current_setting('application_name'))`,
    `CREATE INDEX ON chaos_changes (id)`,
    `CREATE FUNCTION chaos_record_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO chaos_changes (id, was, becomes, old_fence, new_fence, new_chunk)
       VALUES (NEW.id, OLD.status, NEW.status, OLD.fence, NEW.fence, NEW.chunk_id <> OLD.chunk_id);
       RETURN NULL; END $$`,
    `CREATE TRIGGER chaos_record_change AFTER UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION chaos_record_change()`,
  ])
    await query(statement);
}

const count = async (query: Query, sql: string): Promise<number> => Number((await query<{ n: string }>(sql))[0]?.n);

/**
 * Counts settlements by a worker that did not hold the message: its fence was not that worker's. A settlement moves to
 * `sent`, to `queuing` with a new chunk, or from `uncertain` to `uncertain`. A takeover also moves to `queuing`, but keeps
 * the chunk.
 */
export const lateSettlements = (query: Query): Promise<number> =>
  count(
    query,
    `SELECT count(*) AS n FROM chaos_changes late WHERE who LIKE 'worker%'
       AND (becomes = 'sent' OR (becomes = 'queuing' AND new_chunk)
         OR (was = 'uncertain' AND becomes = 'uncertain' AND new_fence IS NULL))
       AND NOT EXISTS (SELECT 1 FROM chaos_changes own
         WHERE own.id = late.id AND own.n < late.n AND own.new_fence = late.old_fence AND own.who = late.who)`,
  );

/** Counts changes of a status that the status machine does not have. */
export const illegalChanges = (query: Query): Promise<number> =>
  count(
    query,
    `SELECT count(*) AS n FROM chaos_changes WHERE was <> becomes AND (was, becomes) NOT IN (${legalMoves()
      .map(({ from, to }) => `('${from}', '${to}')`)
      .join()})`,
  );
