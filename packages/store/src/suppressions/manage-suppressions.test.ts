import { randomBytes } from 'node:crypto';
import { createTestDatabase, rethrow, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, keyring, PERMIT, sealer, TO } from '../../test/create-test-message.js';
import { createClient } from '../clients/manage-clients.js';
import { createInsertMessages, type InsertMessages } from '../messages/insert-messages.js';
import { openDatabase, type Database } from '../sql/database.js';
import { addSuppressions, countSuppressions, removeSuppression } from './manage-suppressions.js';

const mac = keyring.phoneMac(TO);
const someMacs = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(16));

let db: TestDatabase<Database>;
let insert: InsertMessages;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  await createClient(db.database, { id: 'shop', name: 'shop', region: 'CN' });
  insert = createInsertMessages(db.database, sealer, { requeueAfterMs: 5_000, onFailure: rethrow });
});
beforeEach(() => db.query('TRUNCATE suppressions'));
afterAll(() => db.drop());

const fromShop = () => createTestMessage({ clientId: 'shop' });
const fromBank = () => createTestMessage({ clientId: 'bank' });
const toAnother = () => createTestMessage({ phoneMac: randomBytes(16) });
const suppress = (phoneMacs: readonly Uint8Array[], scope?: string) =>
  addSuppressions(db.database, { phoneMacs, scope });

describe('a suppressed number', () => {
  it('stops the messages of every client, and none to another number', async () => {
    expect(await insert([fromShop(), fromBank(), toAnother()], PERMIT)).toEqual(['stored', 'stored', 'stored']);
    expect(await suppress([mac])).toBe(1);
    const batch = [fromShop(), toAnother(), fromBank()];
    expect(await insert(batch, PERMIT)).toEqual(['suppressed', 'stored', 'suppressed']);
    const rows = await db.query('SELECT id FROM messages WHERE id = ANY($1)', [batch.map(({ id }) => id)]);
    expect(rows).toEqual([{ id: batch[1]?.id }]);
    expect(await removeSuppression(db.database, mac, undefined)).toBe(true);
    expect(await insert([fromShop(), fromBank()], PERMIT)).toEqual(['stored', 'stored']);
  });

  it('stops the messages of one client only, where it is suppressed for that client', async () => {
    await suppress([mac], 'shop');
    expect(await insert([fromShop(), fromBank()], PERMIT)).toEqual(['suppressed', 'stored']);
    expect(await removeSuppression(db.database, mac, undefined)).toBe(false);
    expect(await removeSuppression(db.database, mac, 'shop')).toBe(true);
    expect(await insert([fromShop()], PERMIT)).toEqual(['stored']);
  });

  it('is told from a permit that does not hold', async () => {
    await suppress([mac]);
    expect(await insert([fromShop()], { ...PERMIT, epoch: 'another' })).toEqual(['epoch_ended']);
    expect(await insert([fromShop()], PERMIT)).toEqual(['suppressed']);
  });

  it('stands beside neighbours that the database refuses', async () => {
    await suppress([mac]);
    const taken = toAnother();
    const halving = createInsertMessages(db.database, sealer, { requeueAfterMs: 5_000, onFailure: () => undefined });
    await halving([taken], PERMIT);
    const results = await halving([fromShop(), taken, toAnother(), fromBank()], PERMIT);
    expect(results).toEqual(['suppressed', 'invalid_row', 'stored', 'suppressed']);
  });
});

describe('adding and removing', () => {
  it('counts a number once in each scope, however often it is given', async () => {
    const other = randomBytes(16);
    expect(await suppress([mac, mac, other])).toBe(2);
    expect(await suppress([mac])).toBe(0);
    expect(await suppress([mac], 'shop')).toBe(1);
    expect(await suppress([])).toBe(0);
    expect(await countSuppressions(db.database)).toEqual([
      { client: null, numbers: 2 },
      { client: 'shop', numbers: 1 },
    ]);
  });

  it('keeps the first reason', async () => {
    for (const reason of ['complained', 'again'])
      await addSuppressions(db.database, { phoneMacs: [mac], scope: undefined, reason });
    expect(await db.query('SELECT reason FROM suppressions')).toEqual([{ reason: 'complained' }]);
  });

  it('knows the clients', async () => {
    await expect(suppress([mac], 'nobody')).rejects.toThrow('there is no client nobody');
    await expect(removeSuppression(db.database, mac, 'nobody')).rejects.toThrow('there is no client nobody');
  });

  it('lets two add the same numbers in another order at the same time', async () => {
    const macs = someMacs(2_000);
    const added = await Promise.all([suppress(macs), suppress(macs.toReversed()), suppress(macs)]);
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(2_000);
  });
});

describe('the INSERT of a session', () => {
  it.each([0, 2, 3_000])('is planned once, where %i numbers are suppressed', async (count) => {
    await db.query('ANALYZE suppressions');
    await suppress(someMacs(count));
    const session = openDatabase({ url: db.url, pool: 1, timeoutMs: 5_000 });
    const insertOne = createInsertMessages(session, sealer, { requeueAfterMs: 5_000, onFailure: rethrow });
    for (let n = 0; n < 12; n++) expect(await insertOne([toAnother()], PERMIT)).toEqual(['stored']);
    const plans = await session.sql`
      SELECT custom_plans::int AS custom, generic_plans::int AS generic FROM pg_prepared_statements
      WHERE statement LIKE '%INSERT INTO messages%' AND statement NOT LIKE '%pg_prepared_statements%'`;
    // PostgreSQL compares the costs after five plans made for their parameters.
    expect(plans).toEqual([{ custom: 5, generic: 7 }]);
    await session.close();
  });
});

describe('the plan of a session that began with an empty table', () => {
  it('reads no table of suppressions for each message once there are any', async () => {
    await db.query('ANALYZE suppressions');
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(
      `PREPARE look_up AS SELECT (SELECT true FROM suppressions s
         WHERE s.phone_mac = new.mac AND ardor_suppression_holds(s.client_id, 'shop') LIMIT 1) FROM unnest($1::bytea[]) AS new (mac)`,
    );
    const plan = async (): Promise<string> => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE look_up ('{}')`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    expect(await plan()).toContain('Seq Scan on suppressions');
    await suppress(someMacs(2));
    expect(await plan()).not.toContain('Seq Scan');
    await suppress(someMacs(20_000));
    expect(await plan()).not.toContain('Seq Scan');
    await client.end();
  });
});
