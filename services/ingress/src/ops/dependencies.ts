import type { DependencyLog } from '@ardor/runtime/observability/dependency-log';

/** What the ingress needs beside itself. `slot_release`: slots that could not be given back to the limiter. */
export type Dependency = 'database' | 'limiter' | 'queue' | 'slot_release';

/** Makes functions that report the failures and successes of one dependency. */
export interface Dependencies {
  failed(dependency: Dependency): (error: unknown) => void;
  succeeded(dependency: Dependency): () => void;
}

/** Adds each dependency's host to its reports. */
export function reportDependencies(
  log: DependencyLog,
  hosts: Readonly<Partial<Record<Dependency, string>>>,
): Dependencies {
  return {
    failed: (dependency) => (error) => log.failed(dependency, error, hosts[dependency]),
    succeeded: (dependency) => () => log.succeeded(dependency, hosts[dependency]),
  };
}
