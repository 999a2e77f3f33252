import { createConnection, type Connection } from './connection.js';
import { countAccepted } from './count-accepted.js';
import type { LoadResult } from './load-result.js';
import { percentiles } from './percentiles.js';
import { requestHead, type RequestPlan } from './request-plan.js';
import { createBodies } from './write-bodies.js';

export interface GeneratorJob {
  readonly plan: RequestPlan;
  readonly ports: readonly number[];
  /** To all ports together. */
  readonly connections: number;
  readonly pace: Pace;
}

/**
 * `rate`: requests are due at fixed moments, whatever becomes of the earlier ones, and one that finds no free
 * connection waits its turn while its time already counts. The latencies of those that are due while the generator itself
 * gets warm are not kept: it opens its connections then, and is not yet compiled. `full` and `count`: every connection
 * asks again at once.
 */
type Pace =
  | { readonly kind: 'rate'; readonly perSecond: number; readonly warmUpSeconds: number; readonly seconds: number }
  | { readonly kind: 'full'; readonly seconds: number }
  | { readonly kind: 'count'; readonly requests: number };

/** A request without an answer by then, after the last was due, is an error. */
const GRACE_MS = 5_000;

/** Runs in a process of its own, so that what it uses is known and disturbs nothing else of the bench. */
export async function generate({ plan, ports, connections, pace }: GeneratorJob): Promise<LoadResult> {
  const cpuBefore = process.cpuUsage();
  const nextBody = createBodies(plan);
  const heads = ports.map((port) => requestHead(plan, port));
  const pool = Array.from({ length: connections }, (_, index) => {
    const port = index % ports.length;
    return { connection: createConnection(ports[port] ?? 0), head: heads[port] ?? '' };
  });
  const free = [...pool];
  const latencies: number[] = [];
  const tally = { accepted: 0, answered: 0, begun: 0, lastAnswerAt: 0 };
  const begin = (due: number): void => {
    const used = free.pop();
    if (!used) throw new Error('no free connection');
    used.connection.ask(used.head + nextBody(), (answer) => {
      tally.answered++;
      tally.lastAnswerAt = performance.now();
      const accepted = answer ? countAccepted(plan, answer) : 0;
      tally.accepted += accepted;
      if (keepsLatency(due) && accepted > 0) latencies.push(tally.lastAnswerAt - due);
      free.push(used);
      onFree();
    });
    tally.begun++;
  };
  const startedAt = performance.now();
  const keepsLatency = (at: number): boolean => pace.kind === 'rate' && at >= startedAt + pace.warmUpSeconds * 1_000;
  const dueNow = schedule(pace, startedAt);
  let due = 0;
  // Requests are due at whole milliseconds, which is as often as a timer comes round.
  const onFree = (): void => {
    const now = performance.now();
    for (let at = dueNow(due, now); at !== undefined && free.length > 0; at = dueNow(due, now)) {
      due++;
      begin(at);
    }
  };
  await untilDone(onFree, () => dueNow(due, Infinity) === undefined && tally.answered === tally.begun, pace, startedAt);
  for (const { connection } of pool) close(connection);
  const cpu = process.cpuUsage(cpuBefore);
  const seconds = pace.kind === 'count' ? (tally.lastAnswerAt - startedAt) / 1_000 : secondsOf(pace);
  const asked = pace.kind === 'rate' ? totalOf(pace) : tally.begun;
  return {
    seconds,
    accepted: tally.accepted,
    errors: asked * plan.items - tally.accepted,
    startedAt: performance.timeOrigin + startedAt,
    generatorLoad: (cpu.user + cpu.system) / 1e6 / seconds,
    latencyMs: percentiles(latencies),
  };
}

const close = (connection: Connection): void => connection.close();
/** All that it lasts, its warm-up included. */
const secondsOf = (pace: Exclude<Pace, { kind: 'count' }>): number =>
  pace.seconds + (pace.kind === 'rate' ? pace.warmUpSeconds : 0);
const totalOf = (pace: Extract<Pace, { kind: 'rate' }>): number => Math.floor(pace.perSecond * secondsOf(pace));

/** When the n-th request was due, or undefined when it is not due yet or there is none. */
function schedule(pace: Pace, startedAt: number): (n: number, now: number) => number | undefined {
  switch (pace.kind) {
    case 'rate': {
      const total = totalOf(pace);
      return (n, now) => {
        const at = startedAt + Math.ceil((n * 1_000) / pace.perSecond);
        return n < total && at <= now ? at : undefined;
      };
    }
    case 'full':
      return (_, now) => (Math.min(now, performance.now()) < startedAt + pace.seconds * 1_000 ? now : undefined);
    case 'count':
      return (n, now) => (n < pace.requests ? now : undefined);
  }
}

function untilDone(tick: () => void, done: () => boolean, pace: Pace, startedAt: number): Promise<void> {
  const latest = pace.kind === 'count' ? Infinity : startedAt + secondsOf(pace) * 1_000 + GRACE_MS;
  return new Promise((resolve) => {
    const next = (): void => {
      tick();
      if (done() || performance.now() > latest) resolve();
      else setTimeout(next, 1);
    };
    next();
  });
}
