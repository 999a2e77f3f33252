import { openSession, type ProcessDeps } from '../session/session.js';
import type { Depth } from './depth-points.js';
import { depthTable, type MeasuredDepth } from './depth-table.js';
import { openDepth, type DepthMeasurement, type OpenDepth } from './measure-depth.js';

export interface DepthOptions {
  readonly depths: readonly Depth[];
  /** Messages that are accepted, and then sent, at each depth. */
  readonly messages: number;
  readonly rounds: number;
}

/** A row of history takes about 300 bytes with its indexes, a waiting message twice that. */
export const MAX_WAITING = 10_000_000;
export const MAX_HISTORY = 50_000_000;
/** The simulator's numbers without a receipt, without those of the warm-up. */
export const MAX_MESSAGES = 90_000;

interface Measured extends MeasuredDepth, OpenDepth {
  readonly rounds: DepthMeasurement[];
}

/** Fills all tables first and then measures them in turns, so that all of them meet the same machine. */
export async function runDepth(
  { depths, messages, rounds }: DepthOptions,
  deps: ProcessDeps,
): Promise<{ text: string }> {
  const session = await openSession({ seconds: 1, ingresses: 1, workers: 1, latencyRate: undefined }, deps);
  const measured: Measured[] = [];
  for (const [index, depth] of depths.entries()) {
    deps.progress(`filling ${index + 1} of ${depths.length}: ${depth.waiting} waiting, ${depth.history} of history`);
    measured.push({ depth, rounds: [], ...(await openDepth(depth, index, session)) });
  }
  for (let round = 1; round <= rounds; round++) {
    deps.progress(`round ${round} of ${rounds}`);
    for (const one of measured) one.rounds.push(await one.measure(messages));
  }
  return { text: depthTable(measured) };
}
