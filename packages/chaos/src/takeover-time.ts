import type { Environment } from './fault.js';
import type { Query } from './query.js';
import { patiently } from './recovery-time.js';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until nothing is held by workers that have just fallen silent; adds how long that took where they held something. */
export async function measureTakeover({ query }: Pick<Environment, 'query'>, times: number[]): Promise<void> {
  const since = performance.now();
  const dead = await silentSince(query);
  const left = async (): Promise<object[]> =>
    query(`SELECT 1 FROM messages WHERE status = 'sending' AND worker = ANY($1) LIMIT 1`, [dead]);
  if ((await left()).length === 0) return;
  await patiently(async () => (await left()).length === 0);
  times.push(performance.now() - since);
}

/** Workers beat once a second: who has not done so for longer is dead, or frozen, or cut off. */
const SILENCE_MS = 1_600;

async function silentSince(query: Query): Promise<string[]> {
  const beats = async (): Promise<Map<string, string>> =>
    new Map(
      (await query<{ id: string; beat: string }>('SELECT id, alive_until::text AS beat FROM workers')).map(
        ({ id, beat }) => [id, beat],
      ),
    );
  const before = await beats();
  await sleep(SILENCE_MS);
  const after = await beats();
  return [...before].filter(([id, beat]) => after.get(id) === beat).map(([id]) => id);
}
