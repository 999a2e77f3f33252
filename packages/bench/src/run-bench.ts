import type { Closers } from '@ardor/runtime/closers';
import { describeEnvironment } from './environment.js';
import { findWrk } from './load/find-wrk.js';
import type { BenchOptions } from './options.js';
import { ratios, type Round } from './report/ratios.js';
import type { BenchResult } from './report/result.js';
import { summarize } from './report/summarize.js';
import { runTrial } from './scenarios/run-trial.js';
import { prepareDatabases } from './stage/databases.js';
import { startServers } from './stage/servers.js';
import type { Stage } from './stage/stage.js';

export interface BenchDeps {
  readonly closers: Closers;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** All rounds, each with every scenario once, so that a machine that slows down is slow to all of them. */
export async function runBench(options: BenchOptions, { closers, signal, progress }: BenchDeps): Promise<BenchResult> {
  const servers = await startServers(closers, progress);
  const wrk = await findWrk(progress);
  const environment = await describeEnvironment(options, servers, wrk ? 'wrk' : 'own');
  const databases = await prepareDatabases(servers.postgres.url);
  const warnings: string[] = [];
  const warn = (line: string): void => {
    warnings.push(line);
    progress(`warning: ${line}`);
  };
  const stage: Stage = { options, servers, databases, wrk, signal, progress, warn };
  const rounds: Round[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    progress(`round ${round} of ${options.rounds}`);
    rounds.push(await runRound(stage));
  }
  const scenarios = Object.fromEntries(
    options.scenarios.flatMap((name) => {
      const measured = rounds.flatMap((round) => round[name] ?? []);
      return measured.length > 0 ? [[name, summarize(measured)]] : [];
    }),
  );
  return { environment, scenarios, ratios: ratios(rounds), warnings };
}

async function runRound(stage: Stage): Promise<Round> {
  const round: Round = {};
  for (const name of stage.options.scenarios) {
    stage.signal.throwIfAborted();
    stage.progress(name);
    const measured = await runTrial(name, stage);
    if (measured) {
      round[name] = measured;
      stage.progress(`${name}: ${Math.round(measured.per_second)} a second, ${measured.errors} errors`);
    } else stage.progress(`${name}: left out, this build has no such endpoint`);
  }
  return round;
}
