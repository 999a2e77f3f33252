import type { Round } from '../report/ratios.js';
import type { Stage } from '../stage/stage.js';
import { runTrial } from './run-trial.js';
import type { ScenarioName } from './scenario.js';

/** Each round has every scenario once, so that a machine that slows down is slow to all of them. */
export async function runRounds(stage: Stage, names: readonly ScenarioName[], count: number): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) {
    stage.progress(`round ${round} of ${count}`);
    rounds.push(await runRound(stage, names));
  }
  return rounds;
}

async function runRound(stage: Stage, names: readonly ScenarioName[]): Promise<Round> {
  const round: Round = {};
  for (const name of names) {
    stage.signal.throwIfAborted();
    stage.progress(name);
    const measured = await runTrial(name, stage);
    if ('leftOut' in measured) {
      stage.warn(`${name}: left out, ${measured.leftOut}`);
      continue;
    }
    round[name] = measured;
    stage.progress(`${name}: ${Math.round(measured.per_second)} a second, ${measured.errors} errors`);
  }
  return round;
}
