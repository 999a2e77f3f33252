import { createUuid7 } from '@ardor/domain/message/uuid7';
import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createSettleMessages } from '../messages/settle-messages.js';
import { PAST, createTestRows, seconds } from '../../test/create-test-rows.js';
import { createTakeUncertain } from './take-uncertain.js';

const { db, put, row, whileHeld } = createTestRows();
const nextId = createUuid7();

describe('claiming uncertain messages', () => {
  const take = (limit = 100, fence = nextId()) =>
    createTakeUncertain(db().database)({ limit, fence, againAfterMs: 30_000 });
  const uncertain = (fields: Record<string, string> = {}): Promise<string> =>
    put({ status: `'uncertain'`, uncertain_since: `now() - interval '7 seconds'`, attempts: '2', ...fields });

  it('returns what a carrier lookup needs', async () => {
    const id = await uncertain({ lane: `'notify'`, on_unknown: `'resend'` });
    const [taken] = await take();
    expect(taken).toEqual({
      id,
      clientId: 'shop',
      lane: 'notify',
      onUnknown: 'resend',
      attempt: 2,
      uncertainForMs: expect.any(Number),
    });
    expect(taken?.uncertainForMs).toBeGreaterThanOrEqual(7_000);
    expect(taken?.uncertainForMs).toBeLessThan(20_000);
    expect(await take()).toEqual([]);
    expect((await row(id))?.dueIn).toBeGreaterThan(25);
  });

  it('lets only the last claim settle them', async () => {
    const id = await uncertain();
    const [first, second] = [nextId(), nextId()];
    await take(1, first);
    await db().query(`UPDATE messages SET due_at = ${PAST}`);
    await take(1, second);
    const settle = createSettleMessages(db().database);
    expect((await settle([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], first)).size).toBe(0);
    expect((await settle([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], second)).size).toBe(1);
  });

  it('makes them due again when they expire, at the latest', async () => {
    const id = await uncertain({ expires_at: seconds(10) });
    await take();
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(10);
  });

  it('skips messages that are not due, have expired or have another status', async () => {
    await uncertain({ due_at: seconds(1) });
    await uncertain({ expires_at: PAST });
    for (const status of ['queuing', 'sending', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect(await take()).toEqual([]);
  });

  it('claims at most the limit, oldest first, and skips rows that another copy has locked', async () => {
    const young = await uncertain();
    const old = await uncertain({ due_at: `now() - interval '1 minute'` });
    const held = await uncertain({ due_at: `now() - interval '1 hour'` });
    expect((await whileHeld([held], () => take(1))).map(({ id }) => id)).toEqual([old]);
    await waitFor(async () => (await take(1))[0]?.id === held);
    expect((await take()).map(({ id }) => id)).toEqual([young]);
  });
});
