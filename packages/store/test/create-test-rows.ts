import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type Database } from '../src/sql/database.js';

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly payload: Buffer | null;
  /** Seconds from now. */
  readonly dueIn: number;
}

export const PAST = `now() - interval '1 second'`;
export const seconds = (count: number): string => `now() + interval '${count} seconds'`;

/** A database for one test file, emptied before each test, and rows that are written by plain SQL. */
export function createTestRows() {
  const nextId = createUuid7();
  let db: TestDatabase<Database>;
  beforeAll(async () => {
    db = await createTestDatabase(openDatabase);
  });
  afterAll(() => db.drop());
  beforeEach(() => db.query('TRUNCATE messages'));

  /** Stores an overdue message that is valid for an hour, and returns its id. `fields` are columns as SQL. */
  async function put(fields: Record<string, string> = {}): Promise<string> {
    const id = nextId();
    const columns = {
      id: `'${id}'`,
      client_id: `'shop'`,
      template_id: `'t1'`,
      lane: `'otp'`,
      status: `'queuing'`,
      on_unknown: `'wait'`,
      chunk_id: `'${id}'`,
      expires_at: `now() + interval '1 hour'`,
      due_at: PAST,
      phone_mac: `'mac'`,
      payload: `'sealed'`,
      ...fields,
    };
    await db.query(`INSERT INTO messages (${Object.keys(columns).join()}) VALUES (${Object.values(columns).join()})`);
    return id;
  }

  const row = async (id: string): Promise<Row | undefined> =>
    (
      await db.query<Row>(
        'SELECT *, extract(epoch FROM due_at - now())::float8 AS "dueIn" FROM messages WHERE id = $1',
        [id],
      )
    )[0];

  /** Runs `work` while another session has locked these rows. */
  async function whileHeld<T>(ids: string[], work: () => Promise<T>): Promise<T> {
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM messages WHERE id = ANY($1) FOR UPDATE', [ids]);
      return await work();
    } finally {
      await holder.end();
    }
  }

  return { db: () => db, put, row, whileHeld };
}
