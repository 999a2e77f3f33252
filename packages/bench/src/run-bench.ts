import { describeEnvironment } from './environment.js';
import type { BenchOptions } from './options.js';
import { ratios } from './report/ratios.js';
import type { BenchResult } from './report/result.js';
import { summarize } from './report/summarize.js';
import { runRounds } from './scenarios/run-rounds.js';
import { openStage } from './stage/open-stage.js';
import type { StageDeps } from './stage/stage.js';

/** All rounds, and their medians. */
export async function runBench(options: BenchOptions, deps: StageDeps): Promise<BenchResult> {
  const { stage, warnings } = await openStage(options, deps);
  const environment = await describeEnvironment(options, stage.servers, stage.wrk ? 'wrk' : 'own');
  const rounds = await runRounds(stage, options.scenarios, options.rounds);
  const scenarios = Object.fromEntries(
    options.scenarios.flatMap((name) => {
      const measured = rounds.flatMap((round) => round[name] ?? []);
      return measured.length > 0 ? [[name, summarize(measured)]] : [];
    }),
  );
  return { environment, scenarios, ratios: ratios(rounds), warnings };
}
