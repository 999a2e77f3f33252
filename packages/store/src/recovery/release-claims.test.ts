import { createUuid7 } from '@ardor/domain/message/uuid7';
import { describe, expect, it } from '@jest/globals';
import { createWorkerLease } from './worker-lease.js';
import { createSettleMessages } from '../messages/settle-messages.js';
import { createTestRows, seconds } from '../../test/create-test-rows.js';
import { createReleaseExpiredClaims, createReleaseClaimsOfDeadWorkers } from './release-claims.js';

const { db, put, row, whileHeld } = createTestRows();
const nextId = createUuid7();

describe('releasing the claims of dead workers', () => {
  const release = (limit = 100): Promise<number> =>
    createReleaseClaimsOfDeadWorkers(db().database)({ limit, deduplicates: false, lookupAfterMs: 5_000 });
  const heldBy = (worker: string): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', worker: `'${worker}'`, attempts: '1', due_at: seconds(60) });

  it('releases claims of dead and of unknown workers, not of living ones', async () => {
    const keepAlive = createWorkerLease(db().database);
    const [living, dead, left] = [nextId(), nextId(), nextId()];
    for (const worker of [living, dead, left]) await keepAlive.renew(worker, 60_000);
    await db().query(`UPDATE workers SET alive_until = now() - interval '1 ms' WHERE id = $1`, [dead]);
    await keepAlive.release(left);
    const [kept, ...lost] = [await heldBy(living), await heldBy(dead), await heldBy(left), await heldBy(nextId())];
    expect(await release()).toBe(3);
    expect((await row(kept))?.status).toBe('sending');
    for (const id of lost) expect(await row(id)).toMatchObject({ status: 'uncertain', fence: null });
  });

  it('releases at most the limit, and each claim once when two copies run at once', async () => {
    const worker = nextId();
    for (let count = 0; count < 12; count++) await heldBy(worker);
    expect(await release(2)).toBe(2);
    const both = await Promise.all([release(), release()]);
    expect(both[0] + both[1]).toBe(10);
  });
});

describe('releasing expired claims', () => {
  const release = (options: { limit?: number; deduplicates?: boolean } = {}): Promise<number> =>
    createReleaseExpiredClaims(db().database)({ limit: 100, deduplicates: false, lookupAfterMs: 5_000, ...options });
  const claimed = (fields: Record<string, string> = {}): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', attempts: '1', ...fields });

  it('makes the message uncertain, and due for a carrier lookup soon', async () => {
    const id = await claimed();
    expect(await release()).toBe(1);
    const after = await row(id);
    expect(after).toMatchObject({
      status: 'uncertain',
      fence: null,
      uncertain_since: expect.any(Date),
      payload: expect.any(Buffer),
    });
    expect(after?.dueIn).toBeGreaterThan(3);
    expect(after?.dueIn).toBeLessThanOrEqual(5);
  });

  it.each([
    ['the gateway takes a reference once', {}, true],
    ['the template asks for it', { on_unknown: `'resend'` }, false],
  ])('puts the message back to queuing when %s', async (_, fields: Record<string, string>, deduplicates) => {
    const id = await claimed(fields);
    expect(await release({ deduplicates })).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', fence: null, attempts: 1, payload: expect.any(Buffer) });
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(0);
  });

  it('lets the old owner settle nothing', async () => {
    const fence = nextId();
    const id = await claimed({ fence: `'${fence}'` });
    await release();
    expect(
      (await createSettleMessages(db().database)([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], fence)).size,
    ).toBe(0);
  });

  it('never makes a message due after it expires', async () => {
    const id = await claimed({ expires_at: seconds(1) });
    await release();
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(1);
  });

  it('keeps claims whose lease has not ended, and messages that are not claimed', async () => {
    await claimed({ due_at: seconds(1) });
    for (const status of ['queuing', 'uncertain', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect(await release()).toBe(0);
  });

  it('releases at most the limit, and skips rows that another copy has locked', async () => {
    const ids = [await claimed(), await claimed(), await claimed()];
    expect(await whileHeld(ids.slice(0, 1), () => release({ limit: 1 }))).toBe(1);
    expect((await row(ids[0] ?? ''))?.status).toBe('sending');
    expect(await release()).toBe(2);
  });
});
