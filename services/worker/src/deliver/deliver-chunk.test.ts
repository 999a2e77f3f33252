import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { startSimulator } from '@ardor/simulator/start';
import { waitFor } from '@ardor/runtime/wait-for';
import { freePort } from '@ardor/testkit/free-port';
import { describe, expect, it } from '@jest/globals';
import { createTestDelivery } from '../../test/create-test-delivery.js';
import { type Delivery } from './deliver-chunk.js';

const { db, stored, scripted, deliverer, row, jobOf, ledger, seen, url, prefix, releases } = createTestDelivery();

describe('what becomes of a message', () => {
  it.each([
    ['0: taken', 0, { status: 'sent', payload: null, carrier_id: expect.any(String) }],
    [
      '1: rejected',
      1,
      { status: 'error', reason: 'rejected', carrier_code: '013', payload: null, final_at: expect.any(Date) },
    ],
    ['2: taken, not delivered later', 2, { status: 'sent', payload: null }],
    ['3: answered after 3 s', 3, { status: 'sent', payload: null }],
    ['4: throttled', 4, { status: 'queuing', reason: 'throttled', payload: expect.any(Buffer), attempts: 1 }],
    ['6: its receipt came first', 6, { status: 'delivered', reason: null, carrier_code: '000', payload: null }],
    ['7: taken', 7, { status: 'sent', payload: null }],
    ['8: taken', 8, { status: 'sent', payload: null }],
    [
      '9: answered with a bare 500',
      9,
      { status: 'uncertain', payload: expect.any(Buffer), uncertain_since: expect.any(Date) },
    ],
  ])('%s', async (_, digit, expected) => {
    const [id = ''] = await stored(scripted(digit));
    await deliverer()([id]);
    expect(await row(id)).toMatchObject({ ...expected, fence: null });
  });

  it('5: never answered, and looked up later', async () => {
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

  it('ends with its receipt', async () => {
    const prompt = await startSimulator({ port: 0, receiptDelayMs: 0 });
    releases.push(() => prompt.close());
    const ids = await stored(scripted(0, 2, 7, 8));
    await deliverer({ carrierUrl: prompt.url })(ids);
    const ends = ['delivered null', 'error unreachable', 'delivered null', 'sent null'];
    await waitFor(async () => {
      const rows = await Promise.all(ids.map((id) => row(id)));
      return rows.every((one, index) => `${one?.status} ${one?.reason}` === ends[index]);
    });
  });

  it('is each message’s own, also in one call', async () => {
    const ids = await stored(scripted(0, 1, 4, 8));
    const deliveries: Delivery[] = [];
    await deliverer({ observe: (delivery) => deliveries.push(delivery) })(ids);
    const rows = await Promise.all(ids.map((id) => row(id)));
    expect(rows.map((one) => one?.status)).toEqual(['sent', 'error', 'queuing', 'sent']);
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]?.claimed).toBe(4);
    expect([...(deliveries[0]?.outcomes ?? [])].sort()).toEqual(['accepted', 'accepted', 'deferred', 'rejected']);
  });
});

describe('a message that is put off', () => {
  it('has a job of its lane that waits for at least the time the carrier asked for', async () => {
    const ids = await stored(scripted(4, 4), { lane: 'notify' });
    await deliverer()(ids);
    const [first, second] = [await row(ids[0]), await row(ids[1])];
    expect(first?.chunk_id).toBe(second?.chunk_id);
    expect(ids).not.toContain(first?.chunk_id);
    const job = await jobOf('notify', first?.chunk_id);
    expect([...(job?.data.ids ?? [])].sort()).toEqual([...ids].sort());
    expect(job?.delay).toBeGreaterThanOrEqual(500);
    expect(await job?.getState()).toBe('delayed');
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'sent', attempts: 2, reason: null });
  });

  it('waits again, with a job, when no carrier listens', async () => {
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

  it('is due by itself where the queue takes no job', async () => {
    const [id = ''] = await stored(scripted(4));
    const broken = openRedis({ url, policy: 'producer', commandTimeoutMs: 500, onError: () => undefined });
    const queue = createDeliveryQueue([{ connection: broken, prefix }], () => undefined);
    await Promise.all(queue.queues.map((one) => one.queue.waitUntilReady()));
    broken.disconnect();
    const failures: unknown[] = [];
    await deliverer({ queue, onQueueFailure: (error) => failures.push(error) })([id]);
    expect(failures).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', reason: 'throttled' });
  });
});
