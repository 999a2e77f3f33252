import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createSealer } from '@ardor/domain/sealer';
import { createUuid7 } from '@ardor/domain/uuid7';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { openQueueConnection } from '@ardor/queue/connection';
import { createProducer, type Producer } from '@ardor/queue/producer';
import { listen } from '@ardor/runtime/listen';
import { startSimulator, type RunningSimulator } from '@ardor/simulator/start';
import { createApplyReceipts, type Receipt } from '@ardor/store/apply-receipts';
import { createClaimMessages } from '@ardor/store/claim-messages';
import { createInsertMessages } from '@ardor/store/insert-messages';
import type { NewMessage } from '@ardor/store/new-message';
import { createSettleMessages } from '@ardor/store/settle-messages';
import { scriptedNumber } from '@ardor/testkit/api';
import { eventually } from '@ardor/testkit/eventually';
import {
  createTestDatabase,
  createTestRedis,
  testKeyring,
  type TestDatabase,
  WORKER_ID,
} from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/service-process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDeliverChunk, type Delivery, type DeliverDeps } from './deliver-chunk.js';
import { createSettleAndRequeue } from './settle-and-requeue.js';

const LEASE_MS = 15_000;
const HOUR_MS = 3_600_000;
/** The limiter's epoch of a database in which none was begun. */
const EPOCH = 'none';
const keyring = testKeyring();
const sealer = createSealer(keyring);
const nextId = createUuid7();
const { url, prefix, clear } = createTestRedis();
const connection = openQueueConnection({ url, commandTimeoutMs: 2_000, onError: () => undefined });
const producer = createProducer(connection, prefix, () => undefined);

let db: TestDatabase;
/** Takes messages, and has no receipt within the test but for the script that sends one ahead. */
let carrier: RunningSimulator;
/** Where receipts go, as the ingress takes them. */
let callback: Server;
let callbackUrl: string;
const releases: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  carrier = await startSimulator({ port: 0, receiptDelayMs: HOUR_MS });
  const apply = createApplyReceipts(db.database);
  callback = createServer((request, response) => {
    void (async () => {
      const body = (await request.toArray()) as Buffer[];
      const { id, reference, status, code } = JSON.parse(Buffer.concat(body).toString()) as Record<string, string>;
      const [result] = await apply([
        { id: reference ?? '', status: status as Receipt['status'], carrierId: id ?? '', carrierCode: code ?? null },
      ]);
      response.writeHead(result === 'unknown' ? 404 : 200).end();
    })();
  });
  callbackUrl = `http://127.0.0.1:${await listen(callback, 0, '127.0.0.1')}`;
});
afterAll(async () => {
  await Promise.all(releases.map((release) => release()));
  await carrier.close();
  callback.close();
  callback.closeAllConnections();
  await once(callback, 'close');
  await producer.close();
  connection.disconnect();
  await clear();
  await db.drop();
});

let numbers = 0;
/** Stores messages to these numbers and returns their ids. */
async function stored(to: readonly string[], fields: Partial<NewMessage> = {}): Promise<string[]> {
  const messages = to.map((number): NewMessage => {
    const id = nextId();
    return {
      ...{ id, chunkId: id, clientId: 'shop', templateId: 't1', lane: 'otp', onUnknown: 'wait', validitySeconds: 300 },
      ...{ to: number, text: 'code 4711', phoneMac: keyring.phoneMac(number), ...fields },
    };
  });
  await createInsertMessages(db.database, sealer, { strayAfterMs: 5_000 })(messages, EPOCH);
  return messages.map(({ id }) => id);
}
const scripted = (...digits: number[]): string[] => digits.map((digit) => scriptedNumber(digit, ++numbers));

interface DelivererOptions extends Partial<DeliverDeps> {
  readonly carrierUrl?: string;
  readonly timeoutMs?: number;
  readonly queue?: Pick<Producer, 'add'>;
  readonly onQueueFailure?: (error: unknown) => void;
}

/** The delivery as the worker composes it. */
function deliverer(options: DelivererOptions = {}) {
  const {
    carrierUrl = carrier.url,
    timeoutMs = 5_000,
    queue = producer,
    onQueueFailure = () => undefined,
    ...deps
  } = options;
  const gateway = createSimulatorGateway({
    ...{ url: carrierUrl, timeoutMs, connections: 8, deduplicates: false },
    callbackUrl: (id) => `${callbackUrl}/${id}`,
  });
  releases.push(() => gateway.close());
  return createDeliverChunk({
    claim: createClaimMessages(db.database, sealer, { leaseMs: LEASE_MS, workerId: WORKER_ID }),
    gateway,
    settle: createSettleAndRequeue({
      settle: createSettleMessages(db.database),
      producer: queue,
      failpoint: () => undefined,
      onQueueFailure,
    }),
    failpoint: () => undefined,
    aliveSince: () => true,
    newId: randomUUID,
    now: () => performance.now(),
    leaseMs: LEASE_MS,
    gatewayTimeoutMs: timeoutMs,
    backoff: { baseMs: 60_000, capMs: 60_000 },
    lookupAfterMs: 2_000,
    observe: () => undefined,
    ...deps,
  });
}

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly chunk_id: string;
  readonly payload: Buffer | null;
}
const row = async (id = ''): Promise<Row | undefined> =>
  (await db.query<Row>('SELECT * FROM messages WHERE id = $1', [id]))[0];
const jobOf = async (lane: string, chunkId = '') => producer.queues.find(({ name }) => name === lane)?.getJob(chunkId);
const ledger = async (url = carrier.url) =>
  (await (await fetch(`${url}/ledger`)).json()) as { taken: number; references: number; duplicates: string[] };
const seen = async (id = '', url = carrier.url): Promise<number> => (await fetch(`${url}/messages/${id}`)).status;

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
    const [due] = await db.query<{ seconds: number }>(
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
    await eventually(async () => {
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
    const broken = openQueueConnection({ url, commandTimeoutMs: 500, onError: () => undefined });
    const queue = createProducer(broken, prefix, () => undefined);
    await Promise.all(queue.queues.map((one) => one.waitUntilReady()));
    broken.disconnect();
    const failures: unknown[] = [];
    await deliverer({ queue, onQueueFailure: (error) => failures.push(error) })([id]);
    expect(failures).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: 'queuing', reason: 'throttled' });
  });
});

describe('what must not reach a carrier', () => {
  it('is a message whose claim could end during the call', async () => {
    const ids = await stored(scripted(0));
    let asked = 0;
    // The second look is as late as a lease of 15 s and a call of 5 s allow, and a millisecond more.
    await deliverer({ now: () => (asked++ === 0 ? 0 : 10_001) })(ids);
    expect(await seen(ids[0])).toBe(404);
    const after = await row(ids[0]);
    expect(after).toMatchObject({ status: 'queuing', reason: 'claim_lapsed', payload: expect.any(Buffer) });
    expect(await jobOf('otp', after?.chunk_id)).toBeDefined();
  });

  it('is not one whose claim lasts just as long', async () => {
    const ids = await stored(scripted(0));
    let asked = 0;
    await deliverer({ now: () => (asked++ === 0 ? 0 : 10_000) })(ids);
    expect((await row(ids[0]))?.status).toBe('sent');
  });

  it('is a message of a worker that counts as dead, also when it dies between the claim and the first byte', async () => {
    for (const aliveLooks of [0, 1]) {
      const ids = await stored(scripted(0));
      let looks = 0;
      await deliverer({ aliveSince: () => looks++ < aliveLooks })(ids);
      expect(looks).toBe(aliveLooks + 1);
      expect(await seen(ids[0])).toBe(404);
      expect((await row(ids[0]))?.status).toBe('queuing');
    }
  });

  it('is one that would leave after its end', async () => {
    const ids = await stored(scripted(0, 0));
    await db.query(`UPDATE messages SET expires_at = now() + interval '2 s' WHERE id = $1`, [ids[0]]);
    let asked = 0;
    await deliverer({ now: () => (asked++ === 0 ? 0 : 2_001) })(ids);
    expect([await seen(ids[0]), await seen(ids[1])]).toEqual([404, 404]);
    expect((await row(ids[0]))?.status).toBe('queuing');
    await deliverer()(ids.slice(1));
    expect((await row(ids[1]))?.status).toBe('sent');
  });

  it('is one that cannot be opened; its neighbour goes out', async () => {
    const [torn = '', whole = ''] = await stored(scripted(0, 0));
    await db.query(`UPDATE messages SET payload = '\\x01020304' WHERE id = $1`, [torn]);
    await deliverer()([torn, whole]);
    expect(await row(torn)).toMatchObject({
      status: 'error',
      reason: 'undecipherable',
      payload: null,
      final_at: expect.any(Date),
    });
    expect((await row(whole))?.status).toBe('sent');
    expect([await seen(torn), await seen(whole)]).toEqual([404, 200]);
  });

  it('is a chunk of nothing but such', async () => {
    const ids = await stored(scripted(0));
    await db.query(`UPDATE messages SET payload = NULL WHERE id = ANY($1)`, [ids]);
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'error', reason: 'undecipherable' });
  });

  it.each([
    ['has expired', `expires_at = now() - interval '1 second'`],
    ['another worker holds', `status = 'sending', fence = gen_random_uuid()`],
    ['is of unknown outcome', `status = 'uncertain', uncertain_since = now()`],
    ['was sent', `status = 'sent'`],
    ['has ended', `status = 'error'`],
  ])('is one that %s', async (_, assignment) => {
    const ids = await stored(scripted(0));
    await db.query(`UPDATE messages SET ${assignment} WHERE id = ANY($1)`, [ids]);
    const before = await row(ids[0]);
    await deliverer()(ids);
    expect(await row(ids[0])).toEqual(before);
    expect(await seen(ids[0])).toBe(404);
  });

  it('is a message twice, however many workers have its job', async () => {
    const own = await startSimulator({ port: 0, receiptDelayMs: HOUR_MS, latencyMs: 50 });
    releases.push(() => own.close());
    const ids = await stored(scripted(...Array<number>(100).fill(0)));
    await Promise.all(Array.from({ length: 4 }, () => deliverer({ carrierUrl: own.url })(ids)));
    expect(await ledger(own.url)).toEqual({ taken: 100, references: 100, duplicates: [] });
    const states = await db.query('SELECT DISTINCT status, attempts FROM messages WHERE id = ANY($1)', [ids]);
    expect(states).toEqual([{ status: 'sent', attempts: 1 }]);
  });
});

it('rejects when the database does not take the settlement, and leaves the claim to recovery', async () => {
  const ids = await stored(scripted(0));
  const settle = () => Promise.reject(new Error('the connection is gone'));
  await expect(deliverer({ settle })(ids)).rejects.toThrow('the connection is gone');
  expect(await row(ids[0])).toMatchObject({ status: 'sending', fence: expect.any(String) });
});
