import { waitFor } from '@ardor/runtime/wait-for';
import type { Load } from './load.js';

const PATIENCE_MS = 60_000;

/** Waits for what may never come: then the time that is measured says so, and the run goes on to its verdict. */
export const patiently = (probe: () => Promise<boolean> | boolean): Promise<unknown> =>
  waitFor(probe, { withinMs: PATIENCE_MS, everyMs: 10 }).catch(() => undefined);

/** From now until the next send is acknowledged, in milliseconds. */
export async function measureRecovery(load: Load): Promise<number> {
  const backAt = performance.now();
  const before = load.acknowledged.length;
  await patiently(() => load.acknowledged.length > before);
  return performance.now() - backAt;
}
