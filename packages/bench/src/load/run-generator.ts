import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CHECKOUT } from '@ardor/testkit/paths';
import type { GeneratorJob, LoadResult } from './generator.js';
import type { RequestPlan } from './request-plan.js';

const PROGRAM = `${CHECKOUT}packages/bench/dist/load/generator-main.js`;

/** Runs one load in a process of its own. */
export async function runGenerator(job: GeneratorJob, signal: AbortSignal): Promise<LoadResult> {
  const running = promisify(execFile)(process.execPath, [PROGRAM], { signal });
  running.child.stdin?.end(JSON.stringify(job));
  return JSON.parse((await running).stdout) as LoadResult;
}

export interface FullSpeed {
  /** Called for each port: two ports must not get the same numbers. */
  readonly nextPlan: () => RequestPlan;
  readonly ports: readonly number[];
  /** To each port. */
  readonly connections: number;
  readonly seconds: number;
}

/** Sends as much as these ports take, from one generator for each port. */
export async function runFullSpeed(load: FullSpeed, signal: AbortSignal): Promise<LoadResult> {
  const { nextPlan, ports, connections, seconds } = load;
  const pace = { kind: 'full', seconds } as const;
  const results = await Promise.all(
    ports.map((port) => runGenerator({ plan: nextPlan(), ports: [port], connections, pace }, signal)),
  );
  const of = (field: 'seconds' | 'accepted' | 'errors' | 'startedAt' | 'generatorLoad') =>
    results.map((result) => result[field]);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return {
    seconds: Math.max(...of('seconds')),
    accepted: sum(of('accepted')),
    errors: sum(of('errors')),
    startedAt: Math.min(...of('startedAt')),
    generatorLoad: Math.max(...of('generatorLoad')),
    latencyMs: null,
  };
}
