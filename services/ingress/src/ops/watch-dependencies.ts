import type { DependencyLog } from '@ardor/runtime/observability/dependency-log';
import { watchServers, type WatchedServer } from '@ardor/runtime/observability/watch-servers';
import type { CleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { PROBE_MS } from '../timing.js';

/** What the ingress needs beside itself. */
export type Dependency = 'database' | 'limiter' | 'queue';

/** Gives for each dependency the function that counts its failures and logs an outage once, with the host. */
export const reportFailures =
  (dependencies: DependencyLog, hosts: Readonly<Record<Dependency, string | undefined>>) =>
  (dependency: Dependency) =>
  (error: unknown): void =>
    dependencies.failed(dependency, error, hosts[dependency]);

/** Probes the dependencies' servers, so that the log tells when an outage begins and when it ends, also while nobody sends. */
export function watchDependencies(
  dependencies: DependencyLog,
  servers: Readonly<Record<Dependency, readonly WatchedServer[]>>,
  cleanup: CleanupStack,
): void {
  for (const [part, watched] of Object.entries(servers)) {
    const watching = watchServers({ dependencies, part, servers: watched, everyMs: PROBE_MS });
    cleanup.defer(`probes of ${part}`, () => watching.stop());
  }
}
