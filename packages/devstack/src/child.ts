import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { writePidRecord } from './pid-record.js';

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
  /** What `stop` sends; SIGTERM unless told otherwise. SIGKILL follows after ten seconds. */
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

/** Starts a program. Rejects when it cannot be started at all. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, cwd, env, logFile, pidFile, account, detached = false } = options;
  // A descriptor rather than a pipe: a killed parent must not break the program in the middle of a write.
  // The types of execa know descriptors up to 9 only.
  const log = logFile === undefined ? undefined : (openLog(logFile) as 3);
  const running = execa(command, args, {
    ...account,
    cwd,
    env,
    extendEnv: false,
    detached,
    stdin: 'ignore',
    stdout: log ?? 'pipe',
    stderr: log ?? 'pipe',
    all: true,
    buffer: false,
    reject: false,
    killSignal: options.stopSignal ?? 'SIGTERM',
    forceKillAfterDelay: 10_000,
  });
  if (log !== undefined) closeSync(log);
  const { pid } = running;
  if (pid === undefined) throw new Error(`${name} cannot be started: ${(await running).originalMessage ?? ''}`);
  const chunks: Buffer[] = [];
  running.all?.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (pidFile !== undefined) {
    mkdirSync(dirname(pidFile), { recursive: true });
    writePidRecord(pidFile, pid);
  }
  const exited = running.then(({ exitCode, signal }): Exit => {
    if (pidFile !== undefined) rmSync(pidFile, { force: true });
    return { code: exitCode ?? null, signal: signal ?? null };
  });
  let stopping: boolean | undefined;
  return {
    name,
    pid,
    exited,
    output: () => (logFile === undefined ? Buffer.concat(chunks).toString() : readFileSync(logFile, 'utf8')),
    stop: () => {
      stopping ??= running.kill();
      return exited;
    },
    kill: (signal) => void running.kill(signal),
  };
}

/** One sentence on how a program ended, and the last lines that it wrote. */
export function describeExit(child: Child, { code, signal }: Exit): string {
  return `${child.name} ended ${signal === null ? `with code ${code ?? '?'}` : `by signal ${signal}`}.\n${lastLines(child)}`;
}

/** The last 20 lines that a program wrote, under a line that names it. */
export function lastLines({ name, output }: Child): string {
  return `The last lines of ${name}:\n${output().trimEnd().split('\n').slice(-20).join('\n') || '(it wrote nothing)'}`;
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
