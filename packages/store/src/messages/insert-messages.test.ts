import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createTestDatabase, rethrow, type TestDatabase, WORKER_ID } from '@ardor/testkit/fixtures';
import { waitFor } from '@ardor/runtime/wait-for';
import { freePort } from '@ardor/testkit/free-port';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, PERMIT, keyring, nextId, sealer, TO } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import type { StoreError } from '../sql/store-error.js';
import { createClaimMessages } from './claim-messages.js';
import { createFindMessages } from './find-messages.js';
import { createInsertMessages, type InsertMessages } from './insert-messages.js';
import type { NewMessage } from './new-message.js';

const TEXT = 'Your code is 471135 — 验证码';
const message = (fields: Partial<NewMessage> = {}): NewMessage => createTestMessage({ text: TEXT, ...fields });

let db: TestDatabase<Database>;
let insert: InsertMessages;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  insert = createInsertMessages(db.database, sealer, { requeueAfterMs: 5_000, onFailure: rethrow });
});
afterAll(() => db.drop());

const find = (ids: string[]) => createFindMessages(db.database)(ids);

describe('inserting messages', () => {
  it('stores every column, with status queuing', async () => {
    const one = message({ lane: 'bulk', onUnknown: 'resend' });
    const other = message({ clientId: 'bank', chunkId: one.id });
    await insert([one, other], PERMIT);
    expect(await find([one.id, other.id, nextId()])).toEqual(
      new Map([
        [one.id, { clientId: 'shop', status: 'queuing', reason: null }],
        [other.id, { clientId: 'bank', status: 'queuing', reason: null }],
      ]),
    );
    const rows = await db.query(
      'SELECT client_id, template_id, lane, on_unknown, attempts, chunk_id, phone_mac, final_at FROM messages WHERE id = $1',
      [one.id],
    );
    expect(rows).toEqual([
      {
        client_id: 'shop',
        template_id: 't1',
        lane: 'bulk',
        on_unknown: 'resend',
        attempts: 0,
        chunk_id: one.id,
        phone_mac: keyring.phoneMac(TO),
        final_at: null,
      },
    ]);
  });

  it('stores number and text so that a claim can read them', async () => {
    const one = message();
    await insert([one], PERMIT);
    const [claimed] = await createClaimMessages(db.database, sealer, { leaseMs: 1_000, workerId: WORKER_ID })(
      [one.id],
      nextId(),
    );
    expect(claimed?.payload).toEqual({ to: TO, text: TEXT });
  });

  it('stores no secret in clear text in any column', async () => {
    const one = message();
    await insert([one], PERMIT);
    const [row] = await db.query<{ json: string; payload: Buffer; bytes: string }>(
      `SELECT to_jsonb(m)::text AS json, payload, encode(record_send(m), 'escape') AS bytes FROM messages m WHERE id = $1`,
      [one.id],
    );
    for (const secret of [TO, TO.slice(1), TO.slice(3), TEXT, '471135', '验证码']) {
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
        expect(row?.json).not.toContain(form);
        expect(row?.bytes).not.toContain(form);
      }
      expect(row?.payload.includes(secret)).toBe(false);
      expect(row?.payload.includes(Buffer.from(secret, 'utf16le'))).toBe(false);
    }
  });

  it('seals the same text to different bytes each time', async () => {
    const [one, other] = [message(), message()];
    await insert([one, other], PERMIT);
    const rows = await db.query<{ payload: Buffer }>('SELECT payload FROM messages WHERE id = ANY($1)', [
      [one.id, other.id],
    ]);
    expect(rows[0]?.payload.equals(rows[1]?.payload ?? Buffer.alloc(0))).toBe(false);
  });

  it('expires at its moment, and is due for recovery before that', async () => {
    const [long, short] = [message({ expiresAt: Date.now() + 60_000 }), message({ expiresAt: Date.now() + 2_000 })];
    await insert([long, short], PERMIT);
    const rows = await db.query<{ id: string; valid: number; due: number }>(
      `SELECT id, extract(epoch FROM expires_at - due_at)::float8 AS due,
         extract(epoch FROM expires_at - now())::float8 AS valid FROM messages WHERE id = ANY($1) ORDER BY valid`,
      [[long.id, short.id]],
    );
    expect(rows.map(({ id }) => id)).toEqual([short.id, long.id]);
    expect(rows.map(({ due }) => Math.round(due))).toEqual([0, 55]);
    expect(rows[1]?.valid).toBeGreaterThan(50);
    expect(rows[1]?.valid).toBeLessThanOrEqual(60);
  });

  it('stores all but the message that the database rejects', async () => {
    const taken = message();
    await insert([taken], PERMIT);
    const failures: StoreError[] = [];
    const halving = createInsertMessages(db.database, sealer, {
      requeueAfterMs: 5_000,
      onFailure: (error) => void failures.push(error),
    });
    const batch = [message(), message(), taken, message(), message()];
    expect(await halving(batch, PERMIT)).toEqual(['stored', 'stored', 'invalid_row', 'stored', 'stored']);
    expect((await find(batch.map(({ id }) => id))).size).toBe(5);
    // All five, the first three, the third alone.
    expect(failures.map(({ sqlstate }) => sqlstate)).toEqual(['23505', '23505', '23505']);
  });

  it('does not halve a batch that failed for another reason', async () => {
    const failures: StoreError[] = [];
    const nowhere = openDatabase({
      url: `postgresql://ardor@127.0.0.1:${await freePort()}/none`,
      pool: 1,
      timeoutMs: 500,
    });
    const failing = createInsertMessages(nowhere, sealer, {
      requeueAfterMs: 5_000,
      onFailure: (error) => void failures.push(error),
    });
    expect(await failing([message(), message()], PERMIT)).toEqual(['not_stored', 'not_stored']);
    expect(failures.map(({ kind }) => kind)).toEqual(['unavailable']);
    await nowhere.close();
  });

  it('throws an error that is not of the database', async () => {
    const broken = createInsertMessages(
      db.database,
      {
        ...sealer,
        sealInto: () => {
          throw new TypeError('a bug');
        },
      },
      { requeueAfterMs: 5_000, onFailure: rethrow },
    );
    await expect(broken([message()], PERMIT)).rejects.toThrow('a bug');
  });

  it('stores nothing that was granted in an epoch of the limiter that has ended', async () => {
    const [one, other] = [message(), message()];
    expect(await insert([one, other], { ...PERMIT, epoch: 'another' })).toEqual(['epoch_ended', 'epoch_ended']);
    expect((await find([one.id, other.id])).size).toBe(0);
  });

  it.each([
    [1_000, 'stored'],
    [-1, 'too_late'],
  ])('whose permit ends %d ms from now are %s', async (ms, result) => {
    const [one, other] = [message(), message()];
    const [row] = await db.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    const permit = { ...PERMIT, endsAt: (row?.now ?? 0) + ms };
    expect(await insert([one, other], permit)).toEqual([result, result]);
    expect((await find([one.id, other.id])).size).toBe(result === 'stored' ? 2 : 0);
  });

  it('are too late when the permit ends while the statement waits for the limiter’s epoch', async () => {
    const one = message();
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT pg_advisory_xact_lock(hashtext('ardor.limiter_epoch'))`);
      const permit = { ...PERMIT, endsAt: Date.now() + 500 };
      const inserting = insert([one], permit);
      await waitFor(() => Date.now() > permit.endsAt);
      await holder.query('ROLLBACK');
      expect(await inserting).toEqual(['too_late']);
      expect((await find([one.id])).size).toBe(0);
    } finally {
      await holder.end();
    }
  });

  it('stores a thousand in one statement', async () => {
    const many = Array.from({ length: 1_000 }, () => message());
    expect(new Set(await insert(many, PERMIT))).toEqual(new Set(['stored']));
    expect((await find(many.map(({ id }) => id))).size).toBe(1_000);
  });
});

describe('a day without a partition', () => {
  const DAY_MS = 86_400_000;
  const later = (days: number): NewMessage => message({ id: createUuid7(() => Date.now() + days * DAY_MS)() });
  let failures: StoreError[];
  let created: number[];
  let reporting: InsertMessages;
  beforeEach(() => {
    failures = [];
    created = [];
    reporting = createInsertMessages(db.database, sealer, {
      requeueAfterMs: 5_000,
      onFailure: (error) => void failures.push(error),
      onPartitionsCreated: (count) => void created.push(count),
    });
  });

  it('gets its partition when a message of that day is stored', async () => {
    const batch = [later(0), later(20), later(20), later(21)];
    expect(await reporting(batch, PERMIT)).toEqual(['stored', 'stored', 'stored', 'stored']);
    expect((await find(batch.map(({ id }) => id))).size).toBe(4);
    expect({ failures, created }).toEqual({ failures: [], created: [2] });
    expect(await reporting([later(20)], PERMIT)).toEqual(['stored']);
    expect(created).toEqual([2]);
  });

  it('gets it once when two batches need it at the same time', async () => {
    const both = await Promise.all([reporting([later(25)], PERMIT), reporting([later(25)], PERMIT)]);
    expect(both).toEqual([['stored'], ['stored']]);
    expect(created.reduce((sum, count) => sum + count)).toBe(1);
  });

  it('fails the message alone when its day is out of reach', async () => {
    const batch = [later(0), later(100), later(30)];
    expect(await reporting(batch, PERMIT)).toEqual(['stored', 'invalid_row', 'stored']);
    expect(new Set(failures.map(({ sqlstate }) => sqlstate))).toEqual(new Set(['22023']));
  });

  it('is not created for a row that a constraint refuses', async () => {
    await db.query(`ALTER TABLE messages ADD CONSTRAINT short CHECK (length(client_id) < 20) NOT VALID`);
    expect(await reporting([message({ clientId: 'x'.repeat(20) })], PERMIT)).toEqual(['invalid_row']);
    expect(failures.map(({ sqlstate }) => sqlstate)).toEqual(['23514']);
    expect(created).toEqual([]);
    await db.query('ALTER TABLE messages DROP CONSTRAINT short');
  });
});
