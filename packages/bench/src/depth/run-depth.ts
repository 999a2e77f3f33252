import { openStage } from '../stage/open-stage.js';
import { USUAL, type StageDeps } from '../stage/stage.js';
import type { TaskOutcome } from '../task.js';
import type { DepthOptions } from './depth-options.js';
import { depthTable } from './depth-table.js';
import { measureDepth, type DepthMeasurement } from './measure-depth.js';

/** Every depth once in each round. */
export async function runDepth(
  { depths, messages, rounds, node }: DepthOptions,
  deps: StageDeps,
): Promise<TaskOutcome> {
  const { stage } = await openStage({ ...USUAL, seconds: 1, node, latency: false }, deps);
  const measured = depths.map((depth) => ({ depth, rounds: [] as DepthMeasurement[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const { depth, rounds: ofDepth } of measured) {
      deps.signal.throwIfAborted();
      deps.progress(`round ${round} of ${rounds}: ${depth.waiting} waiting, ${depth.history} of history`);
      ofDepth.push(await measureDepth(depth, messages, stage));
    }
  }
  return { text: depthTable(measured), code: 0 };
}
