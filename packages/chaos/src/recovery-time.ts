import { waitFor } from '@ardor/runtime/wait-for';
import type { Load } from './load.js';

const TIMEOUT_MS = 60_000;

/** Waits for something that may never come. After 60 s the run goes on; the measured time then shows it. */
export const waitOrGoOn = (probe: () => Promise<boolean> | boolean): Promise<unknown> =>
  waitFor(probe, { withinMs: TIMEOUT_MS, everyMs: 10 }).catch(() => undefined);

/** Measures the time from now until the next send is acknowledged, in milliseconds. */
export async function measureRecovery(load: Load): Promise<number> {
  const startedAt = performance.now();
  const before = load.acknowledged.length;
  await waitOrGoOn(() => load.acknowledged.length > before);
  return performance.now() - startedAt;
}
