import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@ardor/runtime/wait-for';
import { CHECKOUT } from './paths.js';

export interface ServiceProcess {
  readonly name: string;
  readonly child: ChildProcess;
  readonly env: Readonly<Record<string, string>>;
  /** All that it has written so far. */
  output(): string;
  /** SIGTERM; resolves with the exit code (null when a signal killed it). */
  stop(): Promise<number | null>;
}

const PROGRAMS = {
  ingress: 'services/ingress/dist/main.js',
  worker: 'services/worker/dist/main.js',
  simulator: 'packages/simulator/dist/main.js',
} as const;

export interface Program {
  readonly name: string;
  /** The full path of its main file. */
  readonly script: string;
  readonly env: Record<string, string>;
  readonly args: readonly string[];
  /** The Node that runs it; this process' own unless said otherwise. */
  readonly execPath?: string | undefined;
}

/** Starts one of our programs as a process of its own. */
export const startProcess = (
  name: keyof typeof PROGRAMS,
  env: Record<string, string>,
  args: readonly string[] = [],
  execPath?: string,
): ServiceProcess => startProgram({ name, script: CHECKOUT + PROGRAMS[name], env, args, execPath });

/** Starts a program with this environment and nothing of the caller's but PATH. */
export function startProgram({ name, script, env, args, execPath = process.execPath }: Program): ServiceProcess {
  const chunks: Buffer[] = [];
  const child = spawn(execPath, [script, ...args], {
    cwd: CHECKOUT,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return {
    name,
    child,
    env,
    output: () => Buffer.concat(chunks).toString('utf8'),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}

/** Waits until `url` answers 200; fails at once, with its output, when the process has ended. */
export async function untilReady(service: ServiceProcess, url: string): Promise<void> {
  await waitFor(async () => {
    if (service.child.exitCode !== null) return true;
    return (await fetch(url)).status === 200;
  });
  if (service.child.exitCode !== null) throw new Error(`${service.name} has ended:\n${service.output()}`);
}

export { freePort } from './free-port.js';
