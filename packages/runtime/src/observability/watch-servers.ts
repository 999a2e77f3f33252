import { runPeriodically } from '../concurrency/run-periodically.js';
import type { DependencyLog } from './dependency-log.js';

export interface WatchedServer {
  /** host:port, for the log. */
  readonly host: string;
  /** Rejects when the server does not answer. */
  readonly check: () => Promise<unknown>;
}

export interface WatchOptions {
  readonly dependencies: DependencyLog;
  /** A fixed word of the code: database, queue … */
  readonly part: string;
  readonly servers: readonly WatchedServer[];
  /** The pause after each round of checks, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Checks the servers of a dependency periodically, so that the log says when an outage begins and when it ends, also
 * while nobody uses them. A failure that names no host ends when all servers answer. The first check comes after
 * `everyMs`, when the connections had time to open.
 */
export function watchServers({ dependencies, part, servers, everyMs }: WatchOptions): { stop(): Promise<void> } {
  const answers = async ({ host, check }: WatchedServer): Promise<boolean> => {
    try {
      await check();
    } catch (error) {
      dependencies.failed(part, error, host);
      return false;
    }
    dependencies.succeeded(part, host);
    return true;
  };
  const round = async (): Promise<void> => {
    const answered = await Promise.all(servers.map(answers));
    if (answered.every(Boolean)) dependencies.succeeded(part);
  };
  return runPeriodically(round, everyMs, (error) => dependencies.failed(part, error), everyMs);
}
