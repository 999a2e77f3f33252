import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { busiest, cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import { runFullSpeed } from '../load/full-speed.js';
import type { LoadResult } from '../load/load-result.js';
import { batchPlan, queryPlan, sendPlan, type RequestPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import { leftOut, type LeftOut } from './left-out.js';
import { measureLatency } from './measure-latency.js';
import { memorySoFar, memorySince } from './measure-memory.js';
import type { Measurement } from './measurement.js';
import type { Ask, Scenario } from './scenario.js';

type RateScenario = Extract<Scenario, { kind: 'rate' }>;

/** V8 compiles a path for good only after some ten thousand runs of it; before, a request costs twice as much. */
const WARM_UP_REQUESTS = 50_000;
const WARM_UP_SECONDS = { least: 3, most: 15 };
/** Messages that are there to be asked about. */
const ASKED_ABOUT = 2_000;
/** Above this share of a core the generator may be what was measured. */
const BUSY = 0.85;

export async function measureRate(
  scenario: RateScenario,
  name: string,
  system: System,
  trial: Trial,
): Promise<Measurement | LeftOut> {
  const plan = await planOf(scenario.ask, system, trial);
  const first = plan();
  if (!(await exists(first, system))) return leftOut('this build has no such endpoint');
  const connections = connectionsFor(first.items, trial.options.connections);
  const emptyMemory = await memorySoFar(system, trial);
  const run = (seconds: number): Promise<LoadResult> => {
    return runFullSpeed(
      { wrk: trial.wrk, plan, ports: system.ports, connections, seconds, folder: trial.servers.folder },
      trial.signal,
    );
  };
  await warmUp(run);
  await system.database?.query('CHECKPOINT');
  const before = cpuSnapshot(system.groups());
  const full = await run(trial.options.seconds);
  const after = cpuSnapshot(system.groups());
  warnOfGenerator(name, full, busiest(before, after, ['ingress'], full.seconds), trial);
  const memory = scenario.ask === 'query' ? null : await memorySince(emptyMemory, system, trial);
  const perSecond = full.accepted / full.seconds;
  const asked = scenario.measureLatency && trial.options.latency;
  const latency = asked ? await measureLatency(plan(), perSecond / 2, system, trial) : undefined;
  return {
    per_second: perSecond,
    errors: full.errors + (latency?.errors ?? 0),
    cpu_us: cpuPerMessage(before, after, full.accepted),
    latency_ms: latency?.latency_ms ?? null,
    loop_delay_p99_ms: latency?.loop_delay_p99_ms ?? null,
    memory,
  };
}

/** A second at a time, as wrk cannot be told a number of requests. */
async function warmUp(run: (seconds: number) => Promise<LoadResult>): Promise<void> {
  for (let seconds = 0, accepted = 0; seconds < WARM_UP_SECONDS.most; seconds++) {
    if (seconds >= WARM_UP_SECONDS.least && accepted >= WARM_UP_REQUESTS) return;
    accepted += (await run(1)).accepted;
  }
}

async function planOf(ask: Ask, system: System, trial: Trial): Promise<() => RequestPlan> {
  switch (ask) {
    case 'send':
      return () => sendPlan(trial.nextRun());
    case 'send-batch':
      return () => batchPlan(trial.nextRun(), trial.options.batch);
    case 'query': {
      const plan = queryPlan(await storeIds(system, trial));
      return () => plan;
    }
  }
}

/** A file with the ids of messages that exist. */
async function storeIds({ ports, database }: System, trial: Trial): Promise<string> {
  const pace = { kind: 'count', requests: ASKED_ABOUT } as const;
  await runGenerator({ plan: sendPlan(trial.nextRun()), ports, connections: 64, pace }, trial.signal);
  const rows = (await database?.query<{ id: string }>(`SELECT id FROM messages ORDER BY random()`)) ?? [];
  if (rows.length < ASKED_ABOUT / 2) throw new Error(`only ${rows.length} messages were accepted`);
  const file = join(trial.servers.folder, `ids-${ports.join('-')}`);
  await writeFile(file, rows.map(({ id }) => `${id}\n`).join(''));
  return file;
}

async function exists({ path }: RequestPlan, { ports }: System): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${ports[0] ?? 0}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  await answer.arrayBuffer();
  return answer.status !== 404;
}

/** The same number of messages under way, whatever the number in a request; but some requests at least. */
const connectionsFor = (items: number, connections: number): number =>
  Math.min(connections, Math.max(4, Math.ceil(connections / items)));

function warnOfGenerator(name: string, { generatorLoad }: LoadResult, measured: number, { warn }: Trial): void {
  if (generatorLoad <= BUSY || measured > BUSY) return;
  const [theirs, its] = [generatorLoad, measured].map((share) => `${Math.round(share * 100)} %`);
  warn(`${name}: the generator used ${theirs ?? ''} of a core, what it measured ${its ?? ''}`);
}
