import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { removePidRecord, writePidRecord } from './pid-record.js';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes stdout and stderr; the file of the previous run becomes `<file>.1`. Without it they are kept in memory. */
  readonly logFile?: string | undefined;
  /** Holds the pid while the program runs, so that the next run can stop what a killed run left behind. */
  readonly pidFile?: string | undefined;
  /** The account to run as; only root may set it. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  /** True: a process group of its own, which Ctrl-C does not reach. False: it ends with this process. */
  readonly detached?: boolean | undefined;
  /** What `stop` sends; SIGTERM unless said otherwise. SIGKILL follows after ten seconds. */
  readonly stopSignal?: NodeJS.Signals | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles when the program has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<Exit>;
  /** All that it has written so far. */
  output(): string;
  /** Asks it to end, kills it when it does not, and waits for its end. May be called again, and after its death. */
  stop(): Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

const KILL_AFTER_MS = 10_000;

/** Starts a program. Rejects when it cannot be started at all. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, cwd, env, logFile, pidFile, account, detached = false } = options;
  // A file descriptor rather than a pipe: a killed parent must not break the program in the middle of a write.
  const log = logFile === undefined ? undefined : openLog(logFile);
  const running = execa(command, args, {
    ...account,
    cwd,
    env,
    extendEnv: false,
    detached,
    stdin: 'ignore',
    // The types know descriptors up to 9 only.
    stdout: (log as 3 | undefined) ?? 'pipe',
    stderr: (log as 3 | undefined) ?? 'pipe',
    all: true,
    buffer: false,
    reject: false,
    killSignal: options.stopSignal ?? 'SIGTERM',
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  if (log !== undefined) closeSync(log);
  const { pid } = running;
  if (pid === undefined) throw new Error(`${name} cannot be started: ${(await running).originalMessage ?? ''}`);
  const chunks: Buffer[] = [];
  running.all?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exited = running.then(({ exitCode, signal }): Exit => ({ code: exitCode ?? null, signal: signal ?? null }));
  if (pidFile !== undefined) keepPidFile(pidFile, pid, exited);
  let stopping: Promise<Exit> | undefined;
  const stop = (): Promise<Exit> => {
    running.kill();
    return exited;
  };
  return {
    name,
    pid,
    exited,
    output: () => (logFile === undefined ? Buffer.concat(chunks).toString() : readFileSync(logFile, 'utf8')),
    stop: () => (stopping ??= stop()),
    kill: (signal) => void running.kill(signal),
  };
}

/** One sentence on how a program ended, and the last lines that it wrote. */
export function describeExit(child: Pick<Child, 'name' | 'output'>, { code, signal }: Exit): string {
  return `${child.name} ended ${signal === null ? `with code ${code ?? '?'}` : `by signal ${signal}`}.\n${lastLines(child)}`;
}

/** The last 20 lines that a program wrote, under a line that names it. */
export function lastLines({ name, output }: Pick<Child, 'name' | 'output'>): string {
  return `The last lines of ${name}:\n${output().trimEnd().split('\n').slice(-20).join('\n') || '(it wrote nothing)'}`;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

function keepPidFile(file: string, pid: number, exited: Promise<Exit>): void {
  mkdirSync(dirname(file), { recursive: true });
  const record = writePidRecord(file, pid);
  if (record) void exited.then(() => removePidRecord(file, record));
}
