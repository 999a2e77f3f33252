import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Fault } from './fault.js';
import { memberOf } from './fleet.js';
import type { Load } from './load.js';
import { waitOrGoOn } from './recovery-time.js';

/** Older than any retention. */
const [OLD_DAY, OLD_PARTITION] = ['2020-01-01', 'messages_20200101'];
const DUMP_MS = 10_000;

/**
 * A dump reads all tables in one transaction while a worker starts and finds a partition to drop. Sends must go on. pg_dump
 * locks tables in ACCESS SHARE mode and holds the locks to its end; so does this transaction.
 */
export const dropPartitionBesideDump = (): Fault => ({
  name: 'a worker drops a partition beside a dump',
  target: 'worker 0',
  inject: async ({ fleet, postgres, query, load, counters }) => {
    await query(
      `CREATE TABLE IF NOT EXISTS ${OLD_PARTITION} PARTITION OF messages
       FOR VALUES FROM (ardor_uuid_floor('${OLD_DAY}')) TO (ardor_uuid_floor('${OLD_DAY}'::date + 1))`,
    );
    const dump = new pg.Client({ connectionString: postgres.directUrl() });
    dump.on('error', () => undefined);
    await dump.connect();
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await dump.query(`LOCK TABLE messages, ${OLD_PARTITION} IN ACCESS SHARE MODE`);
    const pause = longestPause(load, DUMP_MS);
    // Maintenance runs at a worker's start.
    const worker = memberOf(fleet, 'worker', 0);
    await worker.kill();
    counters.besideDump.push(await pause);
    await dump.end();
    await worker.kill();
    counters.kills.worker += 2;
    await waitOrGoOn(async () => (await query(`SELECT 1 WHERE to_regclass('${OLD_PARTITION}') IS NULL`)).length > 0);
  },
});

/** Waits, and returns the longest time without an acknowledged send meanwhile, in milliseconds. */
async function longestPause(load: Load, ms: number): Promise<number> {
  const from = Date.now();
  await sleep(ms);
  const until = Date.now();
  const within = load.acknowledged.map(({ answeredAt }) => answeredAt).filter((time) => time > from && time < until);
  const steps = [from, ...within, until];
  return Math.max(...steps.slice(1).map((time, index) => time - (steps[index] ?? time)));
}
