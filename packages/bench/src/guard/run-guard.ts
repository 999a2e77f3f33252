import { cpuMicros } from '../cpu/process-cpu.js';
import { nodeVersion } from '../environment.js';
import { runRounds } from '../scenarios/run-rounds.js';
import { openStage } from '../stage/open-stage.js';
import { USUAL, type StageDeps } from '../stage/stage.js';
import type { TaskOutcome } from '../task.js';
import { BASELINE, readBaseline, withRatios, writeBaseline } from './baseline.js';
import { compareRatios } from './compare-ratios.js';
import type { GuardOptions } from './guard-options.js';
import { guardRatios, GUARD_SCENARIOS } from './guard-ratios.js';
import { guardTable } from './guard-table.js';

/** A wrong alarm costs more than a minute does. */
const SECOND_LOOKS = 3;

/** Fails when a message costs far more CPU than it did. Only ratios are compared: the machine may be any, and busy. */
export async function runGuard({ seconds, rounds, node, write }: GuardOptions, deps: StageDeps): Promise<TaskOutcome> {
  if (cpuMicros(process.pid) === null) return { text: 'There is no /proc here: CPU cannot be compared.', code: 0 };
  const baseline = readBaseline(BASELINE);
  const major = /^v(\d+)\./.exec(nodeVersion(node))?.[1] ?? '';
  const { stage } = await openStage({ ...USUAL, seconds, node, latency: false }, deps);
  const measured = await runRounds(stage, GUARD_SCENARIOS, rounds);
  const isOver = (): boolean => compareRatios(guardRatios(measured), baseline[major]).some((one) => one.over);
  for (let more = 0; more < SECOND_LOOKS && !write && isOver(); more++) {
    deps.progress('over; another round before that is believed');
    measured.push(...(await runRounds(stage, GUARD_SCENARIOS, 1)));
  }
  const ratios = guardRatios(measured);
  if (write) writeBaseline(BASELINE, withRatios(baseline, major, ratios));
  const comparisons = compareRatios(ratios, baseline[major]);
  const written = write ? `\n\nWritten into ${BASELINE}.` : '';
  return { text: guardTable(comparisons, major) + written, code: !write && isOver() ? 1 : 0 };
}
