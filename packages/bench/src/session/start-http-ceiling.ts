import { freePort } from '@ardor/testkit/free-port';
import type { Session } from './session.js';
import { startBenchProgram, type System } from './start-system.js';

/** What requests can be sent to. */
export interface Target extends Pick<System, 'ports' | 'metrics' | 'groups'> {
  /** Undefined where nothing is stored. */
  readonly database: System['database'] | undefined;
}

/** Starts a bare server, which stores nothing. */
export async function startHttpCeiling({ closers }: Session): Promise<Target> {
  const port = await freePort();
  const server = await startBenchProgram('http-ceiling', port, {});
  closers.defer('http-ceiling', server.stop);
  return {
    ports: [port],
    metrics: [],
    database: undefined,
    groups: () => ({ ingress: [server.pid], worker: [], redis: [], postgres: [] }),
  };
}
