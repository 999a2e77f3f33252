import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

/** Metrics of every service: the process (CPU, memory, event loop) and failures of its dependencies. */
export interface BaseMetrics {
  readonly registry: Registry;
  /** `part` is a fixed word of the code: database, queue, limiter … */
  countFailure(part: string): void;
}

export function createBaseMetrics(): BaseMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const failures = new Counter({
    name: 'ardor_dependency_failures_total',
    help: 'Calls to a dependency that failed.',
    labelNames: ['part'],
    registers: [registry],
  });
  return { registry, countFailure: (part) => failures.inc({ part }) };
}
