import type { Closers } from '@ardor/runtime/closers';
import type { WrkProgram } from '../load/find-wrk.js';
import type { BenchOptions } from '../options.js';
import type { Databases } from './databases.js';
import type { Servers } from './servers.js';

/** What all trials share. */
export interface Stage {
  readonly options: BenchOptions;
  readonly servers: Servers;
  readonly databases: Databases;
  readonly wrk: WrkProgram | undefined;
  /** Aborted when the bench is to end early. */
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** What one trial adds: where its releases go, and a fresh range of numbers for each of its loads. */
export interface Trial extends Stage {
  readonly closers: Closers;
  readonly nextRun: () => number;
}
