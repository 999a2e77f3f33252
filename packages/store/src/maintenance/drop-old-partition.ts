import { StoreError } from '../sql/store-error.js';
import { withOwnerSession, type OwnerSession } from './owner-session.js';
import { PAST_RETENTION } from './partitions.js';

/**
 * `dropped`: one is gone; there may be more.
 * `none_old`: no partition is past its retention.
 * `held`: another session, a backup perhaps, still uses a partition. The next run goes on where this one stopped.
 * `busy`: another worker is doing it.
 * `not_owner`: the role does not own `messages`.
 */
export type DropResult = 'dropped' | 'none_old' | 'held' | 'busy' | 'not_owner';

/**
 * Drops the oldest partition of a day that ended more than `retentionDays` days ago. Nothing that sends or queries waits
 * for it: the partition is detached CONCURRENTLY, so that the DROP locks nothing but the detached table. Every wait for
 * a lock is short. Throws StoreError.
 */
export type DropOldPartition = (retentionDays: number) => Promise<DropResult>;

/** `url`: of the role that owns `messages`. */
export const createDropOldPartition =
  (url: string): DropOldPartition =>
  (retentionDays) =>
    withOwnerSession(url, async (session) => {
      if (!(await ownsMessages(session))) return 'not_owner';
      if (!(await takeTurn(session))) return 'busy';
      try {
        // What an earlier run had to leave comes first: PostgreSQL allows one unfinished DETACH at a time.
        await finishDetaching(session);
        if (!(await dropDetached(session))) {
          await detachOldest(session, retentionDays);
          if (!(await dropDetached(session))) return 'none_old';
        }
        return 'dropped';
      } catch (error) {
        if (error instanceof StoreError && error.sqlstate === LOCK_NOT_AVAILABLE) return 'held';
        throw error;
      }
    });

const LOCK_NOT_AVAILABLE = '55P03';

async function ownsMessages({ query }: OwnerSession): Promise<boolean> {
  const rows = await query<{ owns: boolean }>(
    `SELECT pg_has_role(relowner, 'USAGE') AS owns FROM pg_class WHERE oid = 'messages'::regclass`,
  );
  return rows[0]?.owns ?? false;
}

/** Held until the session ends. */
async function takeTurn({ query }: OwnerSession): Promise<boolean> {
  const rows = await query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock(hashtext('ardor.drop_partitions')) AS taken`,
  );
  return rows[0]?.taken ?? false;
}

/** The name can stand in a statement: regclass quotes it where needed. */
interface Named {
  readonly name: string;
}

/** Finishes a DETACH whose wait for older transactions was cut short. */
async function finishDetaching({ query }: OwnerSession): Promise<void> {
  const pending = await query<Named>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'messages'::regclass AND inhdetachpending`,
  );
  for (const { name } of pending) await query(`ALTER TABLE messages DETACH PARTITION ${name} FINALIZE`);
}

async function detachOldest({ query }: OwnerSession, retentionDays: number): Promise<void> {
  const [oldest] = await query<Named>(
    `SELECT c.oid::regclass::text AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'messages'::regclass AND c.relname ~ '^messages_[0-9]{8}$'
       AND to_date(substr(c.relname, 10), 'YYYYMMDD') < (now() AT TIME ZONE 'UTC')::date - $1::int
     ORDER BY c.relname LIMIT 1`,
    [retentionDays],
  );
  if (!oldest) return;
  await query(`COMMENT ON TABLE ${oldest.name} IS '${PAST_RETENTION}'`);
  await query(`ALTER TABLE messages DETACH PARTITION ${oldest.name} CONCURRENTLY`);
}

/** Drops what a run detached. Returns false when there is nothing. */
async function dropDetached({ query }: OwnerSession): Promise<boolean> {
  const detached = await query<Named>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'messages'::regclass)
       AND c.relkind = 'r' AND NOT c.relispartition AND c.relname ~ '^messages_[0-9]{8}$'
       AND obj_description(c.oid, 'pg_class') = $1`,
    [PAST_RETENTION],
  );
  for (const { name } of detached) await query(`DROP TABLE ${name}`);
  return detached.length > 0;
}
