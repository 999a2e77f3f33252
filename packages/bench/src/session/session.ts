import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { prepareDatabases, type Databases } from './databases.js';
import { startServers, type Servers } from './servers.js';

export interface SessionOptions {
  /** The length of each measurement, after a warm-up. */
  readonly seconds: number;
  readonly ingresses: number;
  readonly workers: number;
  /** The rate at which latency is measured, in requests a second; `half` of full speed. Undefined: it is not measured. */
  readonly latencyRate: number | 'half' | undefined;
}

/** Connections to each ingress at full speed. */
export const CONNECTIONS = 256;
/** Messages in one request of accept-batch. */
export const BATCH = 1_000;

export interface ProcessDeps {
  readonly closers: CleanupStack;
  /** Aborted when the bench has to end early. */
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** The servers and settings that all trials of a run share. */
export interface Session extends ProcessDeps {
  readonly options: SessionOptions;
  readonly servers: Servers;
  readonly databases: Databases;
  readonly warn: (line: string) => void;
  /** The warnings so far. */
  readonly warnings: readonly string[];
}

/** One scenario on processes and data of its own, which `closers` close. */
export interface Trial extends Session {
  /** Returns another range of phone numbers for each load. */
  readonly nextRun: () => number;
}

/** Starts the servers, and prepares the databases that trials copy. */
export async function openSession(options: SessionOptions, deps: ProcessDeps): Promise<Session> {
  const servers = await startServers(deps.closers, deps.progress);
  const databases = await prepareDatabases(servers.postgres.url);
  const warnings: string[] = [];
  const warn = (line: string): void => {
    warnings.push(line);
    deps.progress(`warning: ${line}`);
  };
  return { ...deps, options, servers, databases, warn, warnings };
}

export function createTrial(session: Session, closers: CleanupStack): Trial {
  let runs = 0;
  return { ...session, closers, nextRun: () => runs++ };
}
