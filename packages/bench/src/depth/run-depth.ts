import { openStage } from '../stage/open-stage.js';
import { USUAL, type Host, type StageDeps } from '../stage/stage.js';
import type { TaskOutcome } from '../task.js';
import type { DepthOptions } from './depth-options.js';
import { depthTable, type MeasuredDepth } from './depth-table.js';
import { openDepth, type DepthMeasurement, type OpenDepth } from './measure-depth.js';

interface Measured extends MeasuredDepth, OpenDepth {
  readonly rounds: DepthMeasurement[];
}

/** Fills all tables, and then measures them in turns, so that what the machine does meanwhile is done to all of them. */
export async function runDepth(
  { depths, messages, rounds, node }: DepthOptions,
  deps: StageDeps,
): Promise<TaskOutcome> {
  const { stage } = await openStage({ ...USUAL, seconds: 1, node, latency: false }, deps);
  const host: Host = { ...stage, closers: deps.closers };
  const measured: Measured[] = [];
  for (const [place, depth] of depths.entries()) {
    deps.progress(`filling ${place + 1} of ${depths.length}: ${depth.waiting} waiting, ${depth.history} of history`);
    measured.push({ depth, rounds: [], ...(await openDepth(depth, place, host)) });
  }
  for (let round = 1; round <= rounds; round++) {
    deps.progress(`round ${round} of ${rounds}`);
    for (const one of measured) one.rounds.push(await one.measure(messages));
  }
  return { text: depthTable(measured), code: 0 };
}
