import { createConnection } from './connection.js';
import { type Pace, plannedRequests, plannedSeconds, schedule } from './pace.js';
import { type Percentiles, percentiles } from './percentiles.js';
import { countAccepted, createRequests, type RequestPlan } from './request-plan.js';

export interface GeneratorJob {
  readonly plan: RequestPlan;
  readonly ports: readonly number[];
  /** To all ports together. */
  readonly connections: number;
  readonly pace: Pace;
}

/** Counts are of messages, which are the items of requests. */
export interface LoadResult {
  readonly seconds: number;
  readonly accepted: number;
  /** Messages that were refused or got no response. */
  readonly errors: number;
  /** When the first request was due, Unix milliseconds. */
  readonly startedAt: number;
  /** The share of a core that the generator used. */
  readonly generatorLoad: number;
  /** From when a request was due to its response; null unless a rate was kept. */
  readonly latencyMs: Percentiles | null;
}

/** A request without a response so long after the last one was due is an error. */
const GRACE_MS = 10_000;

/** Sends requests and counts the responses. It runs in a process of its own, so that its CPU is known. */
export async function generate({ plan, ports, connections, pace }: GeneratorJob): Promise<LoadResult> {
  const cpuBefore = process.cpuUsage();
  const nextRequest = createRequests(plan);
  const pool = Array.from({ length: connections }, (_, index) => createConnection(ports[index % ports.length] ?? 0));
  const free = [...pool];
  const latencies: number[] = [];
  const counters = { accepted: 0, sent: 0, ended: 0, lastEndAt: 0 };
  const startedAt = performance.now();
  const keepLatencyFrom = pace.kind === 'rate' ? startedAt + pace.warmUpSeconds * 1_000 : Infinity;
  const dueAt = schedule(pace, startedAt);

  const sendAllDue = (): void => {
    const now = performance.now();
    for (let due = dueAt(counters.sent, now); due !== undefined; due = dueAt(counters.sent, now)) {
      const connection = free.pop();
      if (!connection) return;
      const wasDue = due;
      counters.sent++;
      connection.send(nextRequest(), (status, body) => {
        const accepted = countAccepted(plan, status, body);
        counters.accepted += accepted;
        counters.ended++;
        counters.lastEndAt = performance.now();
        if (wasDue >= keepLatencyFrom && accepted > 0) latencies.push(counters.lastEndAt - wasDue);
        free.push(connection);
        sendAllDue();
      });
    }
  };
  const isDone = (): boolean => dueAt(counters.sent, Infinity) === undefined && counters.ended === counters.sent;
  const giveUpAt = pace.kind === 'count' ? Infinity : startedAt + plannedSeconds(pace) * 1_000 + GRACE_MS;
  await untilDone(sendAllDue, isDone, giveUpAt);

  pool.forEach((connection) => connection.close());
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = pace.kind === 'count' ? (counters.lastEndAt - startedAt) / 1_000 : plannedSeconds(pace);
  const requests = pace.kind === 'rate' ? plannedRequests(pace) : counters.sent;
  return {
    seconds,
    accepted: counters.accepted,
    errors: requests * plan.items - counters.accepted,
    startedAt: performance.timeOrigin + startedAt,
    generatorLoad: (user + system) / 1e6 / seconds,
    latencyMs: percentiles(latencies),
  };
}

function untilDone(tick: () => void, isDone: () => boolean, giveUpAt: number): Promise<void> {
  return new Promise((resolve) => {
    const next = (): void => {
      tick();
      if (isDone() || performance.now() > giveUpAt) resolve();
      else setTimeout(next, 1);
    };
    next();
  });
}
