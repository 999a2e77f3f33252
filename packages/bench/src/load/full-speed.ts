import type { WrkProgram } from './find-wrk.js';
import type { LoadResult } from './load-result.js';
import type { RequestPlan } from './request-plan.js';
import { runGenerator } from './run-generator.js';
import { runWrk } from './run-wrk.js';

export interface FullSpeed {
  readonly wrk: WrkProgram | undefined;
  /** A plan for each call: two ports must not get the same numbers. */
  readonly plan: () => RequestPlan;
  readonly ports: readonly number[];
  /** To each port. */
  readonly connections: number;
  readonly seconds: number;
  readonly folder: string;
}

/** All that these ports can take, from one generator for each. */
export async function runFullSpeed(load: FullSpeed, signal: AbortSignal): Promise<LoadResult> {
  const { wrk: program, connections, seconds, folder } = load;
  const results = await Promise.all(
    load.ports.map((port) =>
      program
        ? runWrk({ program, plan: load.plan(), port, connections, seconds, folder }, signal)
        : runGenerator({ plan: load.plan(), ports: [port], connections, pace: { kind: 'full', seconds } }, signal),
    ),
  );
  const sum = (pick: (result: LoadResult) => number): number => results.reduce((total, one) => total + pick(one), 0);
  return {
    seconds: Math.max(...results.map((result) => result.seconds)),
    accepted: sum(({ accepted }) => accepted),
    errors: sum(({ errors }) => errors),
    startedAt: Math.min(...results.map(({ startedAt }) => startedAt)),
    generatorLoad: Math.max(...results.map(({ generatorLoad }) => generatorLoad)),
    latencyMs: null,
  };
}
