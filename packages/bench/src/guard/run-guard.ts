import { cpuMicros } from '../cpu/process-cpu.js';
import { runRounds } from '../scenarios/run-rounds.js';
import { openSession, type ProcessDeps } from '../session/session.js';
import { compareRatios, guardTable } from './compare-ratios.js';
import { BASELINE, GUARD_SCENARIOS, guardRatios, readBaseline, writeBaseline } from './guard-ratios.js';

export interface GuardOptions {
  readonly seconds: number;
  readonly rounds: number;
  /** Makes the measured ratios the baseline. */
  readonly write: boolean;
}

/** A minute more is cheaper than a false alarm. */
const EXTRA_ROUNDS = 3;

/** Fails when a message needs far more CPU than it did. It compares only ratios: any machine will do, also a busy one. */
export async function runGuard(
  { seconds, rounds, write }: GuardOptions,
  deps: ProcessDeps,
): Promise<{ text: string; failed: boolean }> {
  if (cpuMicros(process.pid) === null) return { text: 'No /proc: CPU cannot be compared.', failed: false };
  const session = await openSession({ seconds, ingresses: 1, workers: 1, latencyRate: undefined }, deps);
  const measured = await runRounds(session, GUARD_SCENARIOS, rounds);
  if (write) writeBaseline(BASELINE, guardRatios(measured));
  const baseline = readBaseline(BASELINE);
  const compare = () => compareRatios(guardRatios(measured), baseline);
  const isOver = (): boolean => compare().some(({ over }) => over);
  for (let extra = 0; extra < EXTRA_ROUNDS && isOver(); extra++) {
    deps.progress('over the limit; one more round before it is believed');
    measured.push(...(await runRounds(session, GUARD_SCENARIOS, 1)));
  }
  return { text: guardTable(compare()), failed: isOver() };
}
