import { createUuid7 } from '@ardor/domain/message/uuid7';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createSettleMessages } from '@ardor/store/messages/settle-messages';
import { StoreError } from '@ardor/store/sql/store-error';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { retrySettle } from './retry-settle.js';

const newId = createUuid7();
const OPTIONS = { withinMs: 6_000, firstDelayMs: 100, longestDelayMs: 1_000, now: monotonicClock };
const AWAY = new StoreError('the database is away', {
  kind: 'unavailable',
  sqlstate: undefined,
  certainlyNotStored: true,
  operational: true,
  cause: undefined,
});

let db: TestDatabase<Database>;
let proxy: TcpProxy;
let flaky: Database;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  const url = new URL(db.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  flaky = openDatabase({ url: url.href, pool: 1, timeoutMs: 300 });
});
afterAll(async () => {
  await flaky.close();
  await proxy.close();
  await db.drop();
});

it('a settlement is written as soon as the database is back', async () => {
  const [id, fence] = [newId(), newId()];
  await db.query(
    `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, fence, phone_mac)
     VALUES ($1, 'c', 't', 'otp', 'sending', 'wait', $1, now() + interval '1 hour', now(), $2, 'mac')`,
    [id, fence],
  );
  let tries = 0;
  const once = createSettleMessages(flaky);
  const settle = retrySettle(async (settlements, held) => {
    if (++tries === 3) proxy.hang(false);
    return once(settlements, held);
  }, OPTIONS);
  proxy.hang(true);
  const written = await settle([{ id, status: 'sent', gateway: 'g', carrierId: 'c-1' }], fence);
  expect(tries).toBeGreaterThanOrEqual(3);
  expect(written.size).toBeLessThanOrEqual(1);
  expect(await db.query('SELECT status, carrier_id FROM messages WHERE id = $1', [id])).toEqual([
    { status: 'sent', carrier_id: 'c-1' },
  ]);
});

it('a settlement that fails by a bug is not tried again', async () => {
  let tries = 0;
  const settle = retrySettle(() => {
    tries++;
    return Promise.reject(new TypeError('a bug'));
  }, OPTIONS);
  await expect(settle([], newId())).rejects.toThrow('a bug');
  expect(tries).toBe(1);
});

it.each([80, 400])('no try begins later than the given %d ms', async (withinMs) => {
  const begunAt = performance.now();
  const tries: number[] = [];
  const settle = retrySettle(
    () => {
      tries.push(performance.now() - begunAt);
      return Promise.reject(AWAY);
    },
    { ...OPTIONS, withinMs },
  );
  await expect(settle([], newId())).rejects.toThrow('the database is away');
  expect(tries.length).toBeGreaterThan(1);
  // A timer of a busy machine may be late.
  expect(Math.max(...tries)).toBeLessThan(withinMs + 150);
});
