import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WrkProgram } from './find-wrk.js';
import type { LoadResult } from './load-result.js';
import { readWrkOutput } from './read-wrk-output.js';
import type { RequestPlan } from './request-plan.js';
import { wrkScript } from './wrk-script.js';

export interface WrkJob {
  readonly program: WrkProgram;
  readonly plan: RequestPlan;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Where its script may lie until the bench ends. */
  readonly folder: string;
}

/** One thread: what it measures has one, too. */
export async function runWrk(job: WrkJob, signal: AbortSignal): Promise<LoadResult> {
  const { program, plan, port, connections, seconds } = job;
  const script = join(await mkdtemp(join(job.folder, 'wrk-')), 'load.lua');
  await writeFile(script, wrkScript(plan, port));
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script];
  const startedAt = Date.now();
  const { stdout } = await promisify(execFile)(program.command, [...args, `http://127.0.0.1:${port}`], {
    env: { ...process.env, ...program.env },
    signal,
  });
  return { ...readWrkOutput(stdout, plan), startedAt, latencyMs: null };
}
