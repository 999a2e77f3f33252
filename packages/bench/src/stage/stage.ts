import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import type { WrkProgram } from '../load/find-wrk.js';
import type { Databases } from './databases.js';
import type { Servers } from './servers.js';

/** How trials are run. */
export interface StageOptions {
  /** Of each measurement, after a warm-up. */
  readonly seconds: number;
  /** The Node binary that runs what is measured. */
  readonly node: string;
  /** Connections of the load at full speed, to each ingress. */
  readonly connections: number;
  /** Messages in one request of accept-batch. */
  readonly batch: number;
  readonly ingresses: number;
  readonly workers: number;
  /** Whether latency is measured, too, where a scenario has one. */
  readonly latency: boolean;
}

/** What is left as it is where a command has no option for it. */
export const USUAL = { connections: 256, batch: 1_000, ingresses: 1, workers: 1 } as const;

export interface StageDeps {
  readonly closers: CleanupStack;
  /** Aborted when the bench is to end early. */
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** What all trials share. */
export interface Stage extends Omit<StageDeps, 'closers'> {
  readonly options: StageOptions;
  readonly servers: Servers;
  readonly databases: Databases;
  readonly wrk: WrkProgram | undefined;
  readonly warn: (line: string) => void;
}

/** A stage, and where the releases of what is started on it go. */
export interface Host extends Stage {
  readonly closers: CleanupStack;
}

/** What one trial adds: a fresh range of numbers for each of its loads. */
export interface Trial extends Host {
  readonly nextRun: () => number;
}
