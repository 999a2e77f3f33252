import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../sql/database.js';
import { createLimiterEpochs, type EpochOwner, type LimiterEpochs } from './limiter-epoch.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const A: EpochOwner = { redisRunId: 'run-a', redisHost: 'redis-a:6379', mark: 'warm:2', begunBy: 'a:8080' };
const B: EpochOwner = { ...A, redisRunId: 'run-b', redisHost: 'redis-b:6379' };

let db: TestDatabase<Database>;
let epochs: LimiterEpochs;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  epochs = createLimiterEpochs(db.database);
});
afterAll(() => db.drop());

const begin = async (epoch: string, owner: EpochOwner = A): Promise<boolean> =>
  epochs.begin(epoch, owner, (await epochs.current()).epoch);

it('a new database has an epoch that nobody has begun', async () => {
  expect(await epochs.current()).toMatchObject({ epoch: 'none', owner: undefined });
});

it('an epoch names who began it, and counts as used from then on', async () => {
  expect(await begin('e1')).toBe(true);
  const { unusedMs, ...rest } = await epochs.current();
  expect(rest).toEqual({ epoch: 'e1', owner: A });
  expect(unusedMs).toBeLessThan(Infinity);
});

it('of two that begin in place of one epoch, one succeeds', async () => {
  await begin('e2');
  const both = await Promise.all([epochs.begin('left', A, 'e2'), epochs.begin('right', B, 'e2')]);
  expect(both.filter(Boolean)).toHaveLength(1);
  expect((await epochs.current()).owner).toEqual(both[0] ? A : B);
});

it('using an epoch keeps it used, and tells when it has ended', async () => {
  await begin('e3');
  // A time far from now, so that a slow machine cannot fail this.
  await db.query(`UPDATE limiter_epoch_use SET used_at = used_at - interval '1 day'`);
  expect((await epochs.current()).unusedMs).toBeGreaterThan(DAY_MS - HOUR_MS);
  expect(await epochs.use('e3')).toBe(true);
  expect((await epochs.current()).unusedMs).toBeLessThan(HOUR_MS);
  await begin('e4', B);
  expect(await epochs.use('e3')).toBe(false);
  expect(await epochs.current()).toMatchObject({ epoch: 'e4', owner: B });
});

it('an epoch of an older version names nobody, and nobody has said that it is used', async () => {
  await begin('e5');
  await db.query(`SELECT ardor_begin_limiter_epoch('old')`);
  expect(await epochs.current()).toEqual({ epoch: 'old', owner: undefined, unusedMs: Infinity });
});
