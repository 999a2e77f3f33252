import type { Query } from './query.js';

/**
 * The database keeps a record of every change of a message and of who made it (`application_name`), so that the run can
 * tell a settlement by a worker that had lost its claim from one by its holder.
 */
export async function recordMoves(query: Query): Promise<void> {
  for (const statement of [
    `CREATE TABLE chaos_moves (n bigserial PRIMARY KEY, id uuid, was text, becomes text, old_fence uuid, new_fence uuid,
       new_chunk boolean, who text DEFAULT current_setting('application_name'))`,
    `CREATE INDEX ON chaos_moves (id)`,
    `CREATE FUNCTION chaos_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO chaos_moves (id, was, becomes, old_fence, new_fence, new_chunk)
       VALUES (NEW.id, OLD.status, NEW.status, OLD.fence, NEW.fence, NEW.chunk_id <> OLD.chunk_id);
       RETURN NULL; END $$`,
    `CREATE TRIGGER chaos_move AFTER UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION chaos_move()`,
  ])
    await query(statement);
}

const count = async (query: Query, sql: string): Promise<number> => Number((await query<{ n: string }>(sql))[0]?.n);

/**
 * A worker's settlement to `sent`, to `queuing` with a job of its own, or of what is uncertain to `uncertain` once more, of a
 * message whose fence at that moment was none or was put there by somebody else. A takeover moves to `queuing` too, and
 * leaves the job as it is.
 */
export const lateSettlements = (query: Query): Promise<number> =>
  count(
    query,
    `SELECT count(*) AS n FROM chaos_moves late WHERE who LIKE 'worker%'
       AND (becomes = 'sent' OR (becomes = 'queuing' AND new_chunk)
         OR (was = 'uncertain' AND becomes = 'uncertain' AND new_fence IS NULL))
       AND NOT EXISTS (SELECT 1 FROM chaos_moves own
         WHERE own.id = late.id AND own.n < late.n AND own.new_fence = late.old_fence AND own.who = late.who)`,
  );

/** Changes of the status of a message that had ended, and of one that was sent to one that waits. */
export const movesBack = (query: Query): Promise<number> =>
  count(
    query,
    `SELECT count(*) AS n FROM chaos_moves
     WHERE (was IN ('delivered', 'error') AND becomes <> was)
       OR (was = 'sent' AND becomes NOT IN ('sent', 'delivered', 'error'))`,
  );
