import { createUuid7 } from '@ardor/domain/message/uuid7';
import { describe, expect, it } from '@jest/globals';
import { createWorkerLease } from './worker-lease.js';
import { createSettleMessages } from '../messages/settle-messages.js';
import { createTestRows, seconds } from '../../test/create-test-rows.js';
import { createReleaseExpiredClaims, createReclaimFromDeadWorkers } from './release-claims.js';

const { db, put, row, whileHeld } = createTestRows();
const nextId = createUuid7();

describe('taking over claims', () => {
  const takeOver = (limit = 100): Promise<number> =>
    createReclaimFromDeadWorkers(db().database)({ limit, deduplicates: false, lookupAfterMs: 5_000 });
  const heldBy = (worker: string): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', worker: `'${worker}'`, attempts: '1', due_at: seconds(60) });

  it('takes those of dead workers and of workers nobody knows, and leaves those of the living', async () => {
    const keepAlive = createWorkerLease(db().database);
    const [living, dead, left] = [nextId(), nextId(), nextId()];
    for (const worker of [living, dead, left]) await keepAlive.renew(worker, 60_000);
    await db().query(`UPDATE workers SET alive_until = now() - interval '1 ms' WHERE id = $1`, [dead]);
    await keepAlive.release(left);
    const [kept, ...lost] = [await heldBy(living), await heldBy(dead), await heldBy(left), await heldBy(nextId())];
    expect(await takeOver()).toBe(3);
    expect((await row(kept))?.status).toBe('sending');
    for (const id of lost) expect(await row(id)).toMatchObject({ status: 'uncertain', fence: null });
  });

  it('takes so many at a time, each once when two copies run at once', async () => {
    const worker = nextId();
    for (let count = 0; count < 12; count++) await heldBy(worker);
    expect(await takeOver(2)).toBe(2);
    const both = await Promise.all([takeOver(), takeOver()]);
    expect(both[0] + both[1]).toBe(10);
  });
});

describe('lapsing claims', () => {
  const lapse = (options: { limit?: number; deduplicates?: boolean } = {}): Promise<number> =>
    createReleaseExpiredClaims(db().database)({ limit: 100, deduplicates: false, lookupAfterMs: 5_000, ...options });
  const claimed = (fields: Record<string, string> = {}): Promise<string> =>
    put({ status: `'sending'`, fence: 'gen_random_uuid()', attempts: '1', ...fields });

  it('makes a message of unknown outcome uncertain, to be asked about soon', async () => {
    const id = await claimed();
    expect(await lapse()).toBe(1);
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
  ])('lets it wait anew where %s', async (_, fields: Record<string, string>, deduplicates) => {
    const id = await claimed(fields);
    expect(await lapse({ deduplicates })).toBe(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', fence: null, attempts: 1, payload: expect.any(Buffer) });
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(0);
  });

  it('lets the old holder settle nothing', async () => {
    const fence = nextId();
    const id = await claimed({ fence: `'${fence}'` });
    await lapse();
    expect(
      (await createSettleMessages(db().database)([{ id, status: 'sent', gateway: 'g', carrierId: 'c' }], fence)).size,
    ).toBe(0);
  });

  it('never makes a message due past its end', async () => {
    const id = await claimed({ expires_at: seconds(1) });
    await lapse();
    expect((await row(id))?.dueIn).toBeLessThanOrEqual(1);
  });

  it('leaves claims that still run, and messages that are not claimed', async () => {
    await claimed({ due_at: seconds(1) });
    for (const status of ['queuing', 'uncertain', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect(await lapse()).toBe(0);
  });

  it('takes so many at a time, and passes over what another copy is working on', async () => {
    const ids = [await claimed(), await claimed(), await claimed()];
    expect(await whileHeld(ids.slice(0, 1), () => lapse({ limit: 1 }))).toBe(1);
    expect((await row(ids[0] ?? ''))?.status).toBe('sending');
    expect(await lapse()).toBe(2);
  });
});
