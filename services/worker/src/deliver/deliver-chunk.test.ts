import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startSimulator } from '@ardor/simulator/start';
import { waitFor } from '@ardor/runtime/wait-for';
import { freePort } from '@ardor/testkit/free-port';
import { describe, expect, it } from '@jest/globals';
import { createTestDelivery } from '../../test/create-test-delivery.js';
import type { SettleReport } from '../settle/settle-and-requeue.js';

const { db, stored, scripted, deliverer, row, makeDue, jobOf, ledger, seen, url, prefix, closers } =
  createTestDelivery();

describe('a message that a carrier was asked to send', () => {
  it.each([
    ['0, which the carrier takes,', 0, { status: 'sent', payload: null, carrier_id: expect.any(String) }],
    [
      '1, which the carrier rejects,',
      1,
      { status: 'error', reason: 'rejected', carrier_code: '013', payload: null, final_at: expect.any(Date) },
    ],
    ['2, which the carrier takes and does not deliver,', 2, { status: 'sent', payload: null }],
    ['3, which the carrier answers after 3 s,', 3, { status: 'sent', payload: null }],
    [
      '4, which the carrier throttles,',
      4,
      { status: 'queuing', reason: 'throttled', payload: expect.any(Buffer), attempts: 1 },
    ],
    ['6, whose receipt comes first,', 6, { status: 'delivered', reason: null, carrier_code: '000', payload: null }],
    ['7, which the carrier takes,', 7, { status: 'sent', payload: null }],
    ['8, which the carrier takes,', 8, { status: 'sent', payload: null }],
    [
      '9, which the carrier answers with a bare 500,',
      9,
      { status: 'uncertain', payload: expect.any(Buffer), uncertain_since: expect.any(Date) },
    ],
  ])('with script %s has the status of its outcome', async (_, digit, expected) => {
    const [id = ''] = await stored(scripted(digit));
    await deliverer()([id]);
    expect(await row(id)).toMatchObject({ ...expected, fence: null });
  });

  it('with script 5 is never answered and waits for its lookup', async () => {
    const [id = ''] = await stored(scripted(5));
    await deliverer({ timeoutMs: 300 })([id]);
    expect(await row(id)).toMatchObject({ status: 'uncertain', gateway: 'simulator', fence: null });
    expect(await seen(id)).toBe(200);
    const [due] = await db().query<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM messages WHERE id = $1',
      [id],
    );
    expect(due?.seconds).toBeLessThanOrEqual(2);
  });

  it('ends when its receipt arrives', async () => {
    const prompt = await startSimulator({ port: 0, receiptDelayMs: 0 });
    closers.push(() => prompt.close());
    const ids = await stored(scripted(0, 2, 7, 8));
    await deliverer({ carrierUrl: prompt.url })(ids);
    const ends = ['delivered null', 'error unreachable', 'delivered null', 'sent null'];
    await waitFor(async () => {
      const rows = await Promise.all(ids.map((id) => row(id)));
      return rows.every((one, index) => `${one?.status} ${one?.reason}` === ends[index]);
    });
  });

  it('has an outcome of its own among others of its chunk, and the settlement reports each', async () => {
    const ids = await stored(scripted(0, 1, 4, 8));
    const reports: SettleReport[] = [];
    await deliverer({ onSettled: (report) => reports.push(report) })(ids);
    const rows = await Promise.all(ids.map((id) => row(id)));
    expect(rows.map((one) => one?.status)).toEqual(['sent', 'error', 'queuing', 'sent']);
    expect(reports).toHaveLength(1);
    const { decisions = [], written = new Set(), durationMs = -1 } = reports[0] ?? {};
    expect([...written].sort()).toEqual([...ids].sort());
    expect(durationMs).toBeGreaterThanOrEqual(0);
    const told = new Map(decisions.map(({ message, outcome, reason }) => [message.id, { message, outcome, reason }]));
    const message = { clientId: 'shop', lane: 'otp', attempt: 1 };
    expect(ids.map((id) => told.get(id))).toMatchObject([
      { outcome: 'accepted', reason: undefined, message },
      { outcome: 'rejected', reason: 'rejected', message },
      { outcome: 'deferred', reason: 'throttled', message },
      { outcome: 'accepted', reason: undefined, message },
    ]);
  });
});

describe('a deferred message', () => {
  it('gets a job of its lane that waits at least as long as the carrier asked', async () => {
    const ids = await stored(scripted(4, 4), { lane: 'notify' });
    await deliverer()(ids);
    const [first, second] = [await row(ids[0]), await row(ids[1])];
    expect(first?.chunk_id).toBe(second?.chunk_id);
    expect(ids).not.toContain(first?.chunk_id);
    const job = await jobOf('notify', first?.chunk_id);
    expect([...(job?.data.ids ?? [])].sort()).toEqual([...ids].sort());
    expect(job?.delay).toBeGreaterThanOrEqual(500);
    expect(await job?.getState()).toBe('delayed');
    await makeDue(ids);
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'sent', attempts: 2, reason: null });
  });

  it('waits again, with a job, when the carrier refuses connections', async () => {
    const ids = await stored(scripted(0, 0), { lane: 'bulk' });
    const before = await ledger();
    await deliverer({ carrierUrl: `http://127.0.0.1:${await freePort()}` })(ids);
    const rows = await Promise.all(ids.map((id) => row(id)));
    for (const one of rows) {
      expect(one).toMatchObject({
        status: 'queuing',
        reason: 'gateway_unavailable',
        attempts: 1,
        payload: expect.any(Buffer),
      });
    }
    const job = await jobOf('bulk', rows[0]?.chunk_id);
    expect([...(job?.data.ids ?? [])].sort()).toEqual([...ids].sort());
    expect(await job?.getState()).toBe('delayed');
    expect(await ledger()).toEqual(before);
  });

  it('is due by itself where the queue accepts no job', async () => {
    const [id = ''] = await stored(scripted(4));
    const broken = openRedis({ url, policy: 'producer', commandTimeoutMs: 500, onError: () => undefined });
    const queue = createDeliveryQueue([{ connection: broken, prefix }], () => undefined, Date.now);
    await Promise.all(queue.queues.map((one) => one.queue.waitUntilReady()));
    broken.disconnect();
    const failures: unknown[] = [];
    await deliverer({ queue, onQueueFailure: (error) => failures.push(error) })([id]);
    expect(failures).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', reason: 'throttled' });
  });
});
