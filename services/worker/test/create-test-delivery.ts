import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { openRedis } from '@ardor/runtime/redis/open-redis';
import { createDeliveryQueue, type DeliveryQueue } from '@ardor/queue/delivery-queue';
import { listen } from '@ardor/runtime/process/listen';
import { startSimulator, type RunningSimulator } from '@ardor/simulator/start';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { createApplyReceipts, type Receipt } from '@ardor/store/receipts/apply-receipts';
import { createClaimMessages } from '@ardor/store/messages/claim-messages';
import type { NewMessage } from '@ardor/store/messages/new-message';
import { createSettleMessages } from '@ardor/store/messages/settle-messages';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { scriptedNumber } from '@ardor/testkit/api';
import { createTestDatabase, createTestRedis, type TestDatabase, WORKER_ID } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll } from '@jest/globals';
import { sealer, storeMessages } from './store-messages.js';
import { createDeliverChunk, type DeliverDeps } from '../src/deliver/deliver-chunk.js';
import { createSettleAndRequeue, type SettleReport } from '../src/settle/settle-and-requeue.js';

const LEASE_MS = 15_000;
export const HOUR_MS = 3_600_000;

interface DelivererOptions extends Partial<DeliverDeps> {
  readonly carrierUrl?: string;
  readonly timeoutMs?: number;
  readonly queue?: Pick<DeliveryQueue, 'enqueue'>;
  readonly onQueueFailure?: (error: unknown) => void;
  readonly onSettled?: (report: SettleReport) => void;
}

interface Row {
  readonly status: string;
  readonly reason: string | null;
  readonly chunk_id: string;
  readonly payload: Buffer | null;
}

/** What a test of deliveries needs: a database, a queue, a carrier, and a server that receives its receipts. */
export function createTestDelivery() {
  const { url, prefix, clear } = createTestRedis();
  const connection = openRedis({ url, policy: 'producer', commandTimeoutMs: 2_000, onError: () => undefined });
  const deliveryQueue = createDeliveryQueue([{ connection, prefix }], () => undefined, Date.now);

  let db: TestDatabase<Database>;
  /** Takes messages. It sends no receipt within the test, except for the script that sends one first. */
  let carrier: RunningSimulator;
  /** Receives receipts as the ingress does. */
  let callback: Server;
  let callbackUrl: string;
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    db = await createTestDatabase(openDatabase);
    carrier = await startSimulator({ port: 0, receiptDelayMs: HOUR_MS });
    const apply = createApplyReceipts(db.database);
    callback = createServer((request, response) => {
      void (async () => {
        const body = (await request.toArray()) as Buffer[];
        const { id, reference, status, code } = JSON.parse(Buffer.concat(body).toString()) as Record<string, string>;
        const [result] = await apply([
          { id: reference ?? '', status: status as Receipt['status'], carrierId: id ?? '', carrierCode: code ?? null },
        ]);
        response.writeHead(result === 'no_such_message' ? 404 : 200).end();
      })();
    });
    callbackUrl = `http://127.0.0.1:${await listen(callback, 0, '127.0.0.1')}`;
  });
  afterAll(async () => {
    await Promise.all(closers.map((close) => close()));
    await carrier.close();
    callback.close();
    callback.closeAllConnections();
    await once(callback, 'close');
    await deliveryQueue.close();
    connection.disconnect();
    await clear();
    await db.drop();
  });

  let numbers = 0;
  /** Stores messages to these numbers and returns their ids. */
  const stored = (to: readonly string[], fields: Partial<NewMessage> = {}): Promise<string[]> =>
    storeMessages(db.database, to, fields);
  const scripted = (...digits: number[]): string[] => digits.map((digit) => scriptedNumber(digit, ++numbers));

  /** A delivery as the worker composes it. */
  function deliverer(options: DelivererOptions = {}) {
    const {
      carrierUrl = carrier.url,
      timeoutMs = 5_000,
      queue = deliveryQueue,
      onQueueFailure = () => undefined,
      onSettled = () => undefined,
      ...deps
    } = options;
    const gateway = createSimulatorGateway({
      ...{ url: carrierUrl, timeoutMs, connections: 8, deduplicates: false },
      callbackUrl: (id) => `${callbackUrl}/${id}`,
      observer: { failed: () => undefined, succeeded: () => undefined },
    });
    closers.push(() => gateway.close());
    return createDeliverChunk({
      claim: createClaimMessages(db.database, sealer, { leaseMs: LEASE_MS, workerId: WORKER_ID }),
      gateway,
      settle: createSettleAndRequeue({
        settle: createSettleMessages(db.database),
        deliveryQueue: queue,
        onQueueFailure,
        onSettled,
        now: monotonicClock,
      }),
      heldLeaseSince: () => true,
      newId: randomUUID,
      now: monotonicClock,
      sendWithinMs: LEASE_MS - timeoutMs,
      backoff: { baseMs: 60_000, capMs: 60_000 },
      lookupAfterMs: 2_000,
      ...deps,
    });
  }

  const row = async (id = ''): Promise<Row | undefined> =>
    (await db.query<Row>('SELECT * FROM messages WHERE id = $1', [id]))[0];
  /** Ends the pause of deferred messages. */
  const makeDue = (ids: readonly string[]) => db.query('UPDATE messages SET due_at = now() WHERE id = ANY($1)', [ids]);
  const jobOf = async (lane: string, chunkId = '') =>
    deliveryQueue.queues.find((one) => one.lane === lane)?.queue.getJob(chunkId);
  const ledger = async (url = carrier.url) =>
    (await (await fetch(`${url}/ledger`)).json()) as { taken: number; references: number; duplicates: string[] };
  const seen = async (id = '', url = carrier.url): Promise<number> => (await fetch(`${url}/messages/${id}`)).status;

  return {
    url,
    prefix,
    closers,
    deliveryQueue,
    db: () => db,
    carrier: () => carrier,
    stored,
    scripted,
    deliverer,
    row,
    makeDue,
    jobOf,
    ledger,
    seen,
  };
}
