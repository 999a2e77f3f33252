import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CHECKOUT } from '@ardor/testkit/paths';
import type { GeneratorJob, LoadResult } from './generator.js';

const PROGRAM = `${CHECKOUT}packages/bench/dist/load/generator-main.js`;

/** Runs one load in a process of its own. */
export async function runGenerator(job: GeneratorJob, signal: AbortSignal): Promise<LoadResult> {
  const running = promisify(execFile)(process.execPath, [PROGRAM], { signal });
  running.child.stdin?.end(JSON.stringify(job));
  return JSON.parse((await running).stdout) as LoadResult;
}
