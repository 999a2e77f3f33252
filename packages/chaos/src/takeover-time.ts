import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from './query.js';
import { waitOrGoOn } from './recovery-time.js';

/**
 * Measures the time until workers that have just fallen silent hold nothing any more, in milliseconds. Adds it to `times`
 * unless they held nothing to begin with.
 */
export async function measureTakeover(query: Query, times: number[]): Promise<void> {
  const since = performance.now();
  const silent = await silentWorkers(query);
  const holdNothing = async (): Promise<boolean> => {
    const held = await query(`SELECT 1 FROM messages WHERE status = 'sending' AND worker = ANY($1) LIMIT 1`, [silent]);
    return held.length === 0;
  };
  if (await holdNothing()) return;
  await waitOrGoOn(holdNothing);
  times.push(performance.now() - since);
}

/** Workers renew their lease once a second. One that has not for longer is dead, frozen or isolated. */
const SILENCE_MS = 1_600;

async function silentWorkers(query: Query): Promise<string[]> {
  const before = await leases(query);
  await sleep(SILENCE_MS);
  const after = await leases(query);
  return [...before].filter(([id, lease]) => after.get(id) === lease).map(([id]) => id);
}

async function leases(query: Query): Promise<Map<string, string>> {
  const rows = await query<{ id: string; lease: string }>('SELECT id, alive_until::text AS lease FROM workers');
  return new Map(rows.map(({ id, lease }) => [id, lease]));
}
