import type { Round } from '../report/ratios.js';
import type { Session } from '../session/session.js';
import { runTrial } from './run-trial.js';
import type { ScenarioName } from './scenario.js';

/** Each round runs every scenario once, so that a machine that slows down slows all of them. */
export async function runRounds(session: Session, names: readonly ScenarioName[], count: number): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let nth = 1; nth <= count; nth++) {
    session.progress(`round ${nth} of ${count}`);
    const round: Round = {};
    for (const name of names) {
      session.signal.throwIfAborted();
      session.progress(name);
      const measured = await runTrial(name, session);
      if (!measured) continue;
      round[name] = measured;
      session.progress(`${name}: ${Math.round(measured.per_second)} a second, ${measured.errors} errors`);
    }
    rounds.push(round);
  }
  return rounds;
}
