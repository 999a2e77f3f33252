import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CHECKOUT } from '@ardor/testkit/paths';
import type { GeneratorJob } from './generator.js';
import type { LoadResult } from './load-result.js';

const PROGRAM = `${CHECKOUT}packages/bench/dist/load/generator-main.js`;

export async function runGenerator(job: GeneratorJob, signal: AbortSignal): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, JSON.stringify(job)], { signal });
  return JSON.parse(stdout) as LoadResult;
}
