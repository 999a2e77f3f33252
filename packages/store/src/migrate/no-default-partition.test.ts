import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO } from '@ardor/domain/message/demo';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createTestDatabase, inDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { MIGRATIONS } from '@ardor/testkit/paths';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type Database } from '../sql/database.js';
import { migrate } from './migrate.js';

const DAY_MS = 86_400_000;
const MIGRATION = '20261128000000_no_default_partition';

let server: TestDatabase<Database>;
let client: pg.Client;
let scratch: string;
let url: string;

/** A database as it was before this migration. */
beforeAll(async () => {
  server = await createTestDatabase(openDatabase);
  scratch = await mkdtemp(join(tmpdir(), 'ardor-migrations-'));
  for (const name of await readdir(MIGRATIONS))
    if (name < MIGRATION) await cp(join(MIGRATIONS, name), join(scratch, name), { recursive: true });
  const name = `${new URL(server.url).pathname.slice(1)}_before`;
  await server.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  url = inDatabase(server.adminUrl, name);
  await migrate({ databaseUrl: url, folder: scratch });
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
  await server.drop();
  await rm(scratch, { recursive: true });
});

interface Row {
  readonly id: string;
  readonly partition: string;
}
const rows = async (): Promise<Row[]> =>
  (
    await client.query<Row>(
      `SELECT to_jsonb(m) AS row, m.id, tableoid::regclass::text AS partition FROM messages m ORDER BY id`,
    )
  ).rows;

const nameOf = (at: number): string => `messages_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;

describe('the migration that removes the default partition', () => {
  it('moves its rows, of any day, to partitions of their days, and changes nothing in them', async () => {
    const now = Date.now();
    const [past, today, future] = [now - 20 * DAY_MS, now, now + 100 * DAY_MS];
    const ids = [past, past + 1, today, future].map((at) => createUuid7(() => at)());
    for (const id of [...ids, DEMO.messageId])
      await client.query(
        `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac, payload)
         VALUES ($1, 'shop', 't1', 'otp', 'queuing', 'wait', $1, now(), now(), 'mac', 'sealed')`,
        [id],
      );
    const before = await rows();
    expect(before.filter(({ partition }) => partition === 'messages_default')).toHaveLength(4);

    expect(await migrate({ databaseUrl: url, folder: MIGRATIONS })).toContain(MIGRATION);

    const after = await rows();
    expect(after.map((row) => ({ ...row, partition: '' }))).toEqual(before.map((row) => ({ ...row, partition: '' })));
    const partitions = new Map(after.map(({ id, partition }) => [id, partition]));
    expect([...ids, DEMO.messageId].map((id) => partitions.get(id))).toEqual([
      nameOf(past),
      nameOf(past + 1),
      nameOf(today),
      nameOf(future),
      'messages_49330723',
    ]);
    expect((await client.query(`SELECT to_regclass('messages_default') AS at`)).rows).toEqual([{ at: null }]);
  });
});
