import type { StageDeps } from './stage/stage.js';

export interface TaskOutcome {
  /** For standard output. */
  readonly text: string;
  /** What the process ends with. */
  readonly code: 0 | 1;
}

/** What the command line asks for. */
export interface Task {
  readonly run: (deps: StageDeps) => Promise<TaskOutcome>;
  /** When it could not be done at all. */
  readonly failureCode: 1 | 2;
}
