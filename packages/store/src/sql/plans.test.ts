import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7, uuid7Floor } from '@ardor/domain/message/uuid7';
import { createTestDatabase, testKeyring, type TestDatabase, WORKER_ID } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createApplyReceipts } from '../receipts/apply-receipts.js';
import { createClaimMessages } from '../messages/claim-messages.js';
import { openDatabase, type Database } from './database.js';
import type { Parameter } from './sql.js';
import { createFindMessages } from '../messages/find-messages.js';
import { createSettleMessages } from '../messages/settle-messages.js';

/** Every operation on ids must read one day's partition only, by its primary key. */

const DAY_MS = 86_400_000;
const FENCE = '00000000-0000-4000-8000-000000000001';

let db: TestDatabase<Database>;
let listening: Database;
let client: pg.Client;
let today: number;
const statements: string[] = [];

beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  const [row] = await db.query<{ ms: number }>('SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms');
  today = Math.floor((row?.ms ?? 0) / DAY_MS) * DAY_MS;
  listening = {
    ...db.database,
    sql: Object.assign(
      <Row extends object>(parts: TemplateStringsArray, ...values: Parameter[]) => {
        statements.push(parts.reduce((sql, part, index) => `${sql}$${index}${part}`));
        return db.database.sql<Row>(parts, ...values);
      },
      { count: db.database.sql.count },
    ),
  };
  client = new pg.Client({ connectionString: db.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await db.drop();
});

const ofDay = (day: number, count: number): string[] => {
  const next = createUuid7(() => today + day * DAY_MS + 5);
  return Array.from({ length: count }, next).sort();
};

type Operation = readonly [
  name: string,
  run: (ids: string[]) => Promise<unknown>,
  parameters: (ids: string[]) => string,
];

const list = (texts: readonly string[]): string => `'{${texts.join()}}'`;
const bounds = (ids: readonly string[]): string => `'${ids[0]}', '${ids.at(-1)}'`;
const byId = (ids: readonly string[], value: object): string =>
  `'${JSON.stringify(Object.fromEntries(ids.map((id) => [id, value])))}'`;
const OPERATIONS: readonly Operation[] = [
  ['find', (ids) => createFindMessages(listening)(ids), (ids) => `${list(ids)}, ${bounds(ids)}`],
  [
    'claim',
    (ids) =>
      createClaimMessages(listening, createSealer(testKeyring()), { leaseMs: 1_000, workerId: WORKER_ID })(ids, FENCE),
    (ids) => `'${FENCE}', '${WORKER_ID}', 1000, ${list(ids)}, ${bounds(ids)}`,
  ],
  [
    'settle',
    (ids) =>
      createSettleMessages(listening)(
        ids.map((id) => ({ id, status: 'sent', gateway: 'g', carrierId: 'c' })),
        FENCE,
      ),
    (ids) => `${byId(ids, { status: 'sent', gateway: 'g', carrierId: 'c' })}, ${list(ids)}, ${bounds(ids)}, '${FENCE}'`,
  ],
  [
    'apply receipts',
    (ids) =>
      createApplyReceipts(listening)(ids.map((id) => ({ id, status: 'delivered', carrierId: 'c', carrierCode: null }))),
    (ids) => `${byId(ids, { status: 'delivered', carrierId: 'c' })}, ${list(ids)}, ${bounds(ids)}`,
  ],
];

/** The plan of the statement that an operation sends. A `generic` plan serves any parameters of a prepared statement. */
async function planOf([, run, parameters]: Operation, ids: string[], mode: 'generic' | 'custom'): Promise<string> {
  const from = statements.length;
  await run(ids);
  await client.query(`SET plan_cache_mode = force_${mode}_plan`);
  await client.query('DEALLOCATE ALL');
  await client.query(`PREPARE it AS ${statements[from] ?? ''}`);
  // Rolled back, so that the next operation finds the same rows.
  await client.query('BEGIN');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF) EXECUTE it(${parameters(ids)})`,
  );
  await client.query('ROLLBACK');
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const partitionsIn = (plan: string): string[] => [
  ...new Set(
    [...plan.matchAll(/(?<!Bitmap Index )Scan (?:using \S+ )?on (messages_\w+)/g)].map((match) => match[1] ?? ''),
  ),
];

describe('every operation on ids', () => {
  it.each(OPERATIONS)('%s: touches only the partition of their day', async (...operation) => {
    const name = `messages_${new Date(today + 2 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(partitionsIn(await planOf(operation, ofDay(2, 3), 'generic'))).toEqual([name]);
    expect(partitionsIn(await planOf(operation, ofDay(2, 3), 'custom'))).toEqual([name]);
  });

  describe('in a burst after a quiet day, when the statistics say that nothing is queuing', () => {
    beforeAll(async () => {
      await fill('delivered', 5_000);
      await client.query('ANALYZE messages');
      await fill('queuing', 5_000);
    });

    it.each(OPERATIONS)('%s: reads the primary key, not the index of everything due', async (...operation) => {
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM messages WHERE status = 'queuing' ORDER BY id LIMIT 20`,
      );
      const plan = await planOf(
        operation,
        rows.map(({ id }) => id),
        'custom',
      );
      expect(plan).not.toContain('_due_at_idx');
      expect(plan).toContain('_pkey');
    });
  });
});

const fill = (status: string, count: number): Promise<unknown> =>
  client.query(
    `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac)
     SELECT ($1 || substr(md5(random()::text), 1, 12))::uuid, 'shop', 't1', 'otp', $2::message_status, 'wait', gen_random_uuid(),
       now() + interval '1 hour', now(), 'mac' FROM generate_series(1, $3)`,
    [uuid7Floor(today).slice(0, 14) + '7000-8000-', status, count],
  );
