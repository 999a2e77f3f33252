import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ClosedFor } from '../process/limit-connections.js';

/** `silence`: no byte came in time. `broken`: what came behind a request cannot be read. */
export type ClosedCause = ClosedFor | 'silence' | 'broken';

/** Metrics of every service: the process (CPU, memory, event loop) and failures of its dependencies. */
export interface BaseMetrics {
  readonly registry: Registry;
  /** `part` is a fixed word of the code: database, queue, limiter … */
  countFailure(part: string): void;
  /** How far a clock is ahead of the database's, in milliseconds. `clock` is a fixed word: process, limiter, queue. */
  setClockSkew(clock: string, skewMs: number): void;
  countClosedConnection(port: 'api' | 'ops', cause: ClosedCause): void;
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
  const skew = new Gauge({
    name: 'ardor_clock_skew_seconds',
    help: 'How far a clock is ahead of the database’s.',
    labelNames: ['clock'],
    registers: [registry],
  });
  const closed = new Counter({
    name: 'ardor_connections_closed_total',
    help: 'Connections that the server closed without a response to a request.',
    labelNames: ['port', 'cause'],
    registers: [registry],
  });
  return {
    registry,
    countFailure: (part) => failures.inc({ part }),
    setClockSkew: (clock, skewMs) => skew.set({ clock }, skewMs / 1_000),
    countClosedConnection: (port, cause) => closed.inc({ port, cause }),
  };
}
