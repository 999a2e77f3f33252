import { createTestDatabase, type TestDatabase, WORKER_ID } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestMessage, insertTestMessages, nextId, sealer } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createApplyReceipts } from '../receipts/apply-receipts.js';
import { createClaimMessages } from './claim-messages.js';
import { createSettleMessages, type SettleMessages } from './settle-messages.js';
import type { Settlement } from './settlement.js';

const gateway = 'simulator';

let db: TestDatabase<Database>;
let settle: SettleMessages;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  settle = createSettleMessages(db.database);
});
afterAll(() => db.drop());

/** Messages that are claimed under one fence. */
async function claimed(count: number): Promise<{ ids: string[]; fence: string }> {
  const messages = Array.from({ length: count }, () => createTestMessage());
  const ids = await insertTestMessages(db, messages);
  const fence = nextId();
  await createClaimMessages(db.database, sealer, { leaseMs: 15_000, workerId: WORKER_ID })(ids, fence);
  return { ids, fence };
}

/** Ends the pause of deferred messages. */
const makeDue = (ids: readonly string[]) => db.query('UPDATE messages SET due_at = now() WHERE id = ANY($1)', [ids]);

interface Row {
  readonly status: string;
  readonly payload: Buffer | null;
  readonly dueIn: number;
}
const row = async (id = ''): Promise<Row | undefined> =>
  (
    await db.query<Row>('SELECT *, extract(epoch FROM due_at - now())::float8 AS "dueIn" FROM messages WHERE id = $1', [
      id,
    ])
  )[0];

/** One settlement of each kind. */
const sent = (id: string): Settlement => ({ id, status: 'sent', gateway, carrierId: 'c-1' });
const failed = (id: string): Settlement => ({ id, status: 'error', gateway, reason: 'rejected', carrierCode: '013' });
const chunkId = nextId();
const deferred = (id: string): Settlement => ({
  id,
  status: 'queuing',
  gateway,
  reason: 'throttled',
  delayMs: 10_000,
  chunkId,
});
const unknown = (id: string): Settlement => ({ id, status: 'uncertain', gateway, delayMs: 10_000 });
const KINDS = [sent, failed, deferred, unknown];

describe('a settlement', () => {
  it('writes every kind in one statement', async () => {
    const { ids, fence } = await claimed(4);
    const written = await settle(
      ids.map((id, index) => (KINDS[index] ?? sent)(id)),
      fence,
    );
    expect(written).toEqual(new Set(ids));
    const [a, b, c, d] = await Promise.all(ids.map((id) => row(id)));
    const nothing = {
      fence: null,
      carrier_id: null,
      carrier_code: null,
      reason: null,
      sent_at: null,
      final_at: null,
      uncertain_since: null,
    };
    expect(a).toMatchObject({
      ...nothing,
      status: 'sent',
      gateway,
      carrier_id: 'c-1',
      sent_at: expect.any(Date),
      payload: null,
    });
    expect(b).toMatchObject({
      ...nothing,
      status: 'error',
      gateway,
      reason: 'rejected',
      carrier_code: '013',
      final_at: expect.any(Date),
      payload: null,
    });
    expect(c).toMatchObject({
      ...nothing,
      status: 'queuing',
      gateway,
      reason: 'throttled',
      chunk_id: chunkId,
      payload: expect.any(Buffer),
    });
    expect(d).toMatchObject({
      ...nothing,
      status: 'uncertain',
      gateway,
      uncertain_since: expect.any(Date),
      payload: expect.any(Buffer),
    });
    for (const waiting of [c, d]) {
      expect(waiting?.dueIn).toBeGreaterThan(8);
      expect(waiting?.dueIn).toBeLessThanOrEqual(10);
    }
  });

  it('keeps the payload of a message that waits, so that it can be claimed again', async () => {
    const { ids, fence } = await claimed(1);
    await settle(ids.map(deferred), fence);
    await makeDue(ids);
    const again = await createClaimMessages(db.database, sealer, { leaseMs: 1_000, workerId: WORKER_ID })(
      ids,
      nextId(),
    );
    expect(again).toMatchObject([{ attempt: 2, payload: { text: 'code 4711' } }]);
  });

  it('erases the reason of an earlier deferral', async () => {
    const { ids, fence } = await claimed(1);
    await settle(ids.map(deferred), fence);
    await makeDue(ids);
    const second = nextId();
    await createClaimMessages(db.database, sealer, { leaseMs: 1_000, workerId: WORKER_ID })(ids, second);
    await settle(ids.map(sent), second);
    expect(await row(ids[0])).toMatchObject({ status: 'sent', reason: null, chunk_id: chunkId });
  });

  it.each([deferred, unknown])('never makes a message due after it expires (%#)', async (kind) => {
    const { ids, fence } = await claimed(1);
    await db.query(`UPDATE messages SET expires_at = now() + interval '3 seconds' WHERE id = ANY($1)`, [ids]);
    await settle(ids.map(kind), fence);
    const [late] = await db.query('SELECT 1 FROM messages WHERE id = ANY($1) AND due_at > expires_at', [ids]);
    expect(late).toBeUndefined();
    expect((await row(ids[0]))?.dueIn).toBeLessThanOrEqual(3);
  });

  it.each(KINDS)('writes nothing under another fence (%#)', async (kind) => {
    const { ids } = await claimed(1);
    const before = await row(ids[0]);
    expect(await settle(ids.map(kind), nextId())).toEqual(new Set());
    expect(await row(ids[0])).toEqual({ ...before, dueIn: expect.any(Number) });
  });

  it('writes nothing when recovery released the claim and another worker has it', async () => {
    const { ids, fence } = await claimed(2);
    await db.query(`UPDATE messages SET status = 'queuing', fence = NULL, due_at = now() WHERE id = $1`, [ids[0]]);
    const second = nextId();
    await createClaimMessages(db.database, sealer, { leaseMs: 1_000, workerId: WORKER_ID })(ids, second);
    expect(await settle(ids.map(deferred), fence)).toEqual(new Set([ids[1]]));
    expect(await row(ids[0])).toMatchObject({ status: 'sending', fence: second });
  });

  it.each(KINDS)('writes nothing once a receipt has ended the message (%#)', async (kind) => {
    const { ids, fence } = await claimed(1);
    await createApplyReceipts(db.database)(
      ids.map((id) => ({ id, status: 'delivered', carrierId: 'c-9', carrierCode: '000' })),
    );
    expect(await settle(ids.map(kind), fence)).toEqual(new Set());
    expect(await row(ids[0])).toMatchObject({ status: 'delivered', carrier_id: 'c-9', payload: null });
  });

  it.each(['queuing', 'sent', 'delivered', 'error'])(
    'writes nothing to a message that is %s, whatever its fence',
    async (status) => {
      const { ids, fence } = await claimed(1);
      await db.query('UPDATE messages SET status = $2 WHERE id = ANY($1)', [ids, status]);
      expect(await settle(ids.map(sent), fence)).toEqual(new Set());
      expect((await row(ids[0]))?.status).toBe(status);
    },
  );

  it('is written once', async () => {
    const { ids, fence } = await claimed(1);
    expect((await settle(ids.map(unknown), fence)).size).toBe(1);
    expect((await settle(ids.map(sent), fence)).size).toBe(0);
    expect((await row(ids[0]))?.status).toBe('uncertain');
  });

  it('of an empty list runs no statement', async () => {
    expect(await settle([], nextId())).toEqual(new Set());
  });
});
