import { startServerClock } from '@ardor/runtime/clock/server-clock';
import { monotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { startTcpProxy, through, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createReadDatabaseTime } from './database-time.js';
import { openDatabase, type Database } from './database.js';

let db: TestDatabase<Database>;
let proxy: TcpProxy;
let database: Database;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  const { hostname, port } = new URL(db.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  database = openDatabase({ url: through(proxy, db.url), pool: 1, timeoutMs: 5_000 });
});
afterAll(async () => {
  await database.close();
  await proxy.close();
  await db.drop();
});

it.each([
  { there: 0, back: 0 },
  { there: 200, back: 0 },
  { there: 0, back: 200 },
])('tells the database’s time within the delays of the way: %p', async (delays) => {
  proxy.delay(delays);
  const clock = await startServerClock(createReadDatabaseTime(database), monotonicClock);
  // The database runs on this machine, so both clocks are one.
  const [earliest, now, latest] = [clock.earliest(), Date.now(), clock.latest()];
  expect(earliest).toBeLessThanOrEqual(now + 1);
  expect(latest).toBeGreaterThanOrEqual(now - 1);
  expect(now - earliest).toBeGreaterThanOrEqual(delays.back - 2);
  expect(latest - now).toBeGreaterThanOrEqual(delays.there - 2);
});
