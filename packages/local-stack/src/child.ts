import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { lastLines, rotateLog } from './log-file.js';
import { type ProcessRecord, describeProcess, forgetRecord } from './process-record.js';
import { type StopStep, ASK_THEN_KILL, signalSteps } from './stop-steps.js';

export interface ChildSpec {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** stdout and stderr; the previous run's is kept as `.1`. */
  logFile: string;
  /** Where the pid is written, for the next run to find what a killed one left behind. */
  pidFile: string;
  /** The account to run as; only root may set it. */
  account?: { uid: number; gid: number } | undefined;
  stopSteps?: readonly StopStep[];
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** Settles when the process has ended, for whatever reason. Never rejects. */
  exited: Promise<Exit>;
  /** Stops it, politely first; safe to call more than once and after it has died. */
  stop(): Promise<void>;
}

/**
 * Starts a program that lives until it is stopped. It leads a process group of its own, so that Ctrl-C on a terminal
 * reaches us alone and the order of the shutdown stays ours; its output goes to a file rather than a pipe, so that a
 * killed parent does not break it in the middle of a write. Rejects when the program cannot be started at all.
 */
export async function startChild(spec: ChildSpec): Promise<Child> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  mkdirSync(dirname(spec.pidFile), { recursive: true });
  rotateLog(spec.logFile);
  const output = openSync(spec.logFile, 'a', 0o600);
  const running = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', output, output],
    detached: true,
    ...(spec.account && { uid: spec.account.uid, gid: spec.account.gid }),
  });
  closeSync(output);
  const exited = new Promise<Exit>((resolve) => running.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    running.once('spawn', resolve);
    running.once('error', (error) => reject(new Error(`${spec.name} cannot be started: ${error.message}`)));
  });
  // One that has already ended has nothing to stop, and nothing to write down.
  const record = describeProcess(running.pid ?? 0);
  if (record) remember(spec.pidFile, record, exited);
  return {
    name: spec.name,
    pid: running.pid ?? 0,
    logFile: spec.logFile,
    exited,
    stop: () => stop(spec, record, exited),
  };
}

/** One sentence on how a child ended, followed by its last words. */
export function describeExit(child: Pick<Child, 'name' | 'logFile'>, exit: Exit): string {
  const how = exit.signal === null ? `with code ${exit.code ?? '?'}` : `by signal ${exit.signal}`;
  return `${child.name} ended ${how}. The last lines of ${child.logFile}:\n${lastLines(child.logFile)}`;
}

function remember(pidFile: string, record: ProcessRecord, exited: Promise<Exit>): void {
  writeFileSync(pidFile, JSON.stringify(record));
  void exited.then(() => forgetRecord(pidFile, record));
}

async function stop(spec: ChildSpec, record: ProcessRecord | undefined, exited: Promise<Exit>): Promise<void> {
  if (record && !(await signalSteps(record, spec.stopSteps ?? ASK_THEN_KILL)))
    throw new Error(`${spec.name} (process ${record.pid}) does not stop`);
  await exited;
}
