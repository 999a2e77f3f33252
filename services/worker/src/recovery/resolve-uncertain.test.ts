import { randomUUID } from 'node:crypto';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { MAX_CHUNK } from '@ardor/queue/job';
import { createDeliveryQueue } from '@ardor/queue/delivery-queue';
import { startSimulator, type RunningSimulator } from '@ardor/simulator/start';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { createApplyReceipts } from '@ardor/store/receipts/apply-receipts';
import type { NewMessage } from '@ardor/store/messages/new-message';
import { createTakeUncertain } from '@ardor/store/recovery/take-uncertain';
import { createSettleMessages } from '@ardor/store/messages/settle-messages';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { scriptedNumber } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, createTestRedis, type TestDatabase } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { storeMessages } from '../../test/store-messages.js';
import { createSettleAndRequeue, type SettleReport } from '../settle/settle-and-requeue.js';
import { resolveUncertainDuty } from './resolve-uncertain.js';

const TRUST_MS = 5_000;
const { url, prefix, clear } = createTestRedis();
const connection = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
const deliveryQueue = createDeliveryQueue([{ connection, prefix }], () => undefined, Date.now);

let db: TestDatabase<Database>;
let carrier: RunningSimulator;
let reports: SettleReport[];
/** The ids that the carrier was asked about. */
let asked: string[];
const gateways: { close(): Promise<unknown> }[] = [];
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  carrier = await startSimulator({ port: 0, receiptDelayMs: 0 });
});
beforeEach(() => {
  reports = [];
  asked = [];
  return db.query('TRUNCATE messages');
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await carrier.close();
  await deliveryQueue.close();
  connection.disconnect();
  await clear();
  await db.drop();
});

interface UncertainOptions {
  readonly count?: number;
  readonly forSeconds?: number;
  readonly fields?: Partial<NewMessage>;
}
/** Messages that have been uncertain for a while and are due. */
async function uncertain({ count = 1, forSeconds = 60, fields = {} }: UncertainOptions = {}): Promise<string[]> {
  const numbers = Array.from({ length: count }, () => scriptedNumber(0, 1));
  const ids = await storeMessages(db.database, numbers, fields);
  await db.query(
    `UPDATE messages SET status = 'uncertain', attempts = 1, due_at = now(), uncertain_since = now() - $2 * interval '1 second'
     WHERE id = ANY($1)`,
    [ids, forSeconds],
  );
  return ids;
}

function resolver({ carrierUrl = carrier.url, deduplicates = false, limit = 500 } = {}): () => Promise<number> {
  const gateway = createSimulatorGateway({
    url: carrierUrl,
    timeoutMs: 2_000,
    connections: 8,
    deduplicates,
    callbackUrl: () => 'http://127.0.0.1/',
    observer: { failed: () => undefined, succeeded: () => undefined },
  });
  gateways.push(gateway);
  const duty = resolveUncertainDuty({
    takeUncertain: createTakeUncertain(db.database),
    gateway: {
      ...gateway,
      lookup: (id) => {
        asked.push(id);
        return gateway.lookup?.(id) ?? Promise.resolve({ kind: 'no_response' });
      },
    },
    settle: createSettleAndRequeue({
      settle: createSettleMessages(db.database),
      deliveryQueue,
      onQueueFailure: (error) => {
        throw error;
      },
      onSettled: (report) => void reports.push(report),
      now: monotonicClock,
    }),
    applyReceipts: createApplyReceipts(db.database),
    newId: randomUUID,
    backoff: { baseMs: 60_000, capMs: 60_000 },
    limit,
    now: monotonicClock,
    everyMs: 1_000,
    lookupAgainMs: 2_000,
    trustAbsenceAfterMs: TRUST_MS,
  });
  return async () => (await duty.run()).moved;
}

/** Tells the carrier of a message behind the worker's back; resolves once it knows it as `state`. */
async function carrierHas(id: string, digit: number, state: string): Promise<void> {
  const message = { reference: id, to: scriptedNumber(digit, 1), text: 'code 4711' };
  await fetch(`${carrier.url}/messages`, { method: 'POST', body: JSON.stringify({ messages: [message] }) });
  await waitFor(
    async () => ((await (await fetch(`${carrier.url}/messages/${id}`)).json()) as { state: string }).state === state,
  );
}

interface Row {
  readonly status: string;
  readonly chunk_id: string;
}
const row = async (id = ''): Promise<Row | undefined> =>
  (await db.query<Row>('SELECT * FROM messages WHERE id = $1', [id]))[0];
const jobOf = async (lane: string, chunkId = '') =>
  deliveryQueue.queues.find((one) => one.lane === lane)?.queue.getJob(chunkId);

describe('an uncertain message', () => {
  it('becomes sent when the carrier has it and does not know its end', async () => {
    const [id = ''] = await uncertain();
    await carrierHas(id, 8, 'taken');
    expect(await resolver()()).toBe(1);
    expect(await row(id)).toMatchObject({
      status: 'sent',
      carrier_id: expect.any(String),
      payload: null,
      uncertain_since: null,
    });
  });

  it.each([
    [0, 'delivered', { status: 'delivered', reason: null }],
    [2, 'undelivered', { status: 'error', reason: 'unreachable' }],
  ])('of script %d ends as the carrier knows: %s', async (digit, state, expected) => {
    const [id = ''] = await uncertain();
    await carrierHas(id, digit, state);
    await resolver()();
    expect(await row(id)).toMatchObject({
      ...expected,
      carrier_id: expect.any(String),
      payload: null,
      final_at: expect.any(Date),
    });
  });

  it('ends as rejected when the carrier says so', async () => {
    const [id = ''] = await uncertain();
    await carrierHas(id, 1, 'rejected');
    await resolver()();
    expect(await row(id)).toMatchObject({ status: 'error', reason: 'rejected', carrier_code: '013', payload: null });
  });

  it('stays uncertain while the carrier’s "never seen" is too fresh to trust', async () => {
    const [id] = await uncertain({ forSeconds: 0 });
    expect(await resolver()()).toBe(0);
    expect(asked).toEqual([id]);
    expect(await row(id)).toMatchObject({ status: 'uncertain', payload: expect.any(Buffer) });
    expect(await resolver()()).toBe(0);
    expect(asked).toEqual([id]);
    await db.query(`UPDATE messages SET due_at = now(), uncertain_since = now() - interval '5 seconds'`);
    expect(await resolver()()).toBe(1);
    expect((await row(id))?.status).toBe('queuing');
  });

  it('waits again with a job once the carrier’s "never seen" can be trusted', async () => {
    const [id = ''] = await uncertain({ fields: { lane: 'notify' } });
    await resolver()();
    const after = await row(id);
    expect(after).toMatchObject({
      status: 'queuing',
      reason: 'not_received',
      payload: expect.any(Buffer),
      uncertain_since: null,
    });
    expect((await jobOf('notify', after?.chunk_id))?.data.ids).toEqual([id]);
    expect(reports.flatMap(({ decisions }) => decisions)).toMatchObject([
      {
        outcome: 'deferred',
        reason: 'not_received',
        message: { id, clientId: 'shop', lane: 'notify', attempt: 1 },
      },
    ]);
  });

  it('waits again when the carrier says that it throttled it', async () => {
    const [id = ''] = await uncertain();
    await carrierHas(id, 4, 'throttled');
    await resolver()();
    expect(await row(id)).toMatchObject({ status: 'queuing', reason: 'not_received' });
  });

  it('stays uncertain while the carrier gives no answer, and is asked about again', async () => {
    const [id] = await uncertain();
    const deaf = resolver({ carrierUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await deaf()).toBe(0);
    expect(await row(id)).toMatchObject({ status: 'uncertain', payload: expect.any(Buffer) });
    await db.query('UPDATE messages SET due_at = now()');
    expect(await deaf()).toBe(0);
    expect(asked).toEqual([id, id]);
  });

  it.each([
    ['the carrier takes a reference once', { deduplicates: true }, {}],
    ['its template asks for it', {}, { onUnknown: 'resend' }],
  ] as const)('is sent again without asking where %s', async (_, options, fields) => {
    const [id = ''] = await uncertain({ forSeconds: 0, fields });
    await resolver({ carrierUrl: `http://127.0.0.1:${await freePort()}`, ...options })();
    const after = await row(id);
    expect(after).toMatchObject({ status: 'queuing', reason: 'resend_after_unknown' });
    expect(await jobOf('otp', after?.chunk_id)).toBeDefined();
  });

  it('keeps the end that a receipt gave it while the carrier was asked', async () => {
    const [id = ''] = await uncertain();
    await carrierHas(id, 8, 'taken');
    const apply = createApplyReceipts(db.database);
    const asking = resolver()();
    await waitFor(
      async () =>
        (await db.query('SELECT 1 FROM messages WHERE fence IS NOT NULL OR status <> $1', ['uncertain'])).length > 0,
    );
    await apply([{ id, status: 'undelivered', carrierId: 'c', carrierCode: null }]);
    await asking;
    expect(await row(id)).toMatchObject({ status: 'error', reason: 'unreachable' });
  });
});

it('many uncertain messages go back to the queue in jobs that hold no more than a job may', async () => {
  const ids = [
    ...(await uncertain({ count: MAX_CHUNK + 50, fields: { onUnknown: 'resend', lane: 'otp' } })),
    ...(await uncertain({ count: 30, fields: { onUnknown: 'resend', lane: 'bulk' } })),
  ];
  expect(await resolver()()).toBe(ids.length);
  const chunks = await db.query<{ lane: string; chunk_id: string; ids: string[] }>(
    'SELECT lane, chunk_id, array_agg(id ORDER BY id) AS ids FROM messages GROUP BY lane, chunk_id',
  );
  expect(chunks.flatMap((chunk) => chunk.ids).sort()).toEqual([...ids].sort());
  for (const chunk of chunks) {
    expect(chunk.ids.length).toBeLessThanOrEqual(MAX_CHUNK);
    const job = await jobOf(chunk.lane, chunk.chunk_id);
    expect([...(job?.data.ids ?? [])].sort()).toEqual(chunk.ids);
  }
});
