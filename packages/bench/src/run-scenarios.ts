import { ratios, type Ratios } from './report/ratios.js';
import { summarize } from './report/summarize.js';
import type { Measurement } from './scenarios/measurement.js';
import { runRounds } from './scenarios/run-rounds.js';
import type { ScenarioName } from './scenarios/scenario.js';
import { describeMachine, type Machine } from './session/machine.js';
import { openSession, type ProcessDeps, type SessionOptions } from './session/session.js';

export interface ScenarioOptions extends SessionOptions {
  readonly scenarios: readonly ScenarioName[];
  readonly rounds: number;
}

/** The result that --json writes. */
export interface BenchResult {
  readonly machine: Machine;
  readonly scenarios: Partial<Record<ScenarioName, Measurement>>;
  readonly ratios: Ratios;
  readonly warnings: readonly string[];
}

/** Runs all rounds and takes their medians. */
export async function runScenarios(options: ScenarioOptions, deps: ProcessDeps): Promise<BenchResult> {
  const session = await openSession(options, deps);
  const machine = await describeMachine(session);
  const rounds = await runRounds(session, options.scenarios, options.rounds);
  const scenarios: BenchResult['scenarios'] = {};
  for (const name of options.scenarios) {
    const measured = rounds.flatMap((round) => round[name] ?? []);
    if (measured.length > 0) scenarios[name] = summarize(measured);
  }
  return { machine, scenarios, ratios: ratios(rounds), warnings: session.warnings };
}
