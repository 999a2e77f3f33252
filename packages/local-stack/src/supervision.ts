import { type CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { type Child } from './child.js';
import { type Home } from './home.js';
import { type Print } from './progress.js';

/** What starting a part needs: where to push its release, who to tell when it dies, when to give up. */
export interface Supervision {
  home: Pick<Home, 'logs' | 'run'>;
  print: Print;
  /** The program that runs our scripts. */
  node: string;
  closers: CleanupStack;
  /** From now on the death of this process ends the supervision. */
  watch: (child: Watched) => void;
  /** Aborted as soon as everything is to stop, also in the middle of the start. */
  stopping: AbortSignal;
}

export type Watched = Pick<Child, 'name' | 'logFile' | 'exited'>;
