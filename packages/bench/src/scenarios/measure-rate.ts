import { busiest, cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import type { LoadResult } from '../load/generator.js';
import { batchPlan, queryPlan, sendPlan, type RequestPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { BATCH, CONNECTIONS, type Trial } from '../session/session.js';
import type { Target } from '../session/start-http-ceiling.js';
import { measureLatency } from './measure-latency.js';
import { memorySince, memorySoFar } from './measure-memory.js';
import type { Measurement } from './measurement.js';
import { type RequestKind, type ScenarioName, WITH_LATENCY } from './scenario.js';

/** V8 optimizes a path after some ten thousand runs of it; before that a request costs twice as much. */
const WARM_UP_REQUESTS = 50_000;
const WARM_UP_SECONDS = { min: 3, max: 15 };
/** Messages that are there to be queried. */
const QUERIED = 2_000;
/** Above this share of a core the generator may be what limits the rate. */
const BUSY = 0.85;

export async function measureRate(
  request: RequestKind,
  name: ScenarioName,
  target: Target,
  trial: Trial,
): Promise<Measurement> {
  const { options, signal } = trial;
  const nextPlan = await planOf(request, target, trial);
  // The same number of messages in flight, whatever the number in a request; but at least four requests.
  const { ports } = target;
  const connections = ports.length * (request === 'send-batch' ? 4 : CONNECTIONS);
  const emptyMemory = await memorySoFar(target, trial);
  const run = (seconds: number): Promise<LoadResult> =>
    runGenerator({ plan: nextPlan(), ports, connections, pace: { kind: 'full', seconds } }, signal);
  await warmUp(run);
  await target.database?.query('CHECKPOINT');
  const before = cpuSnapshot(target.groups());
  const full = await run(options.seconds);
  const after = cpuSnapshot(target.groups());
  warnOfGenerator(name, full, busiest(before, after, ['ingress'], full.seconds), trial);
  const memory = request === 'query' ? null : await memorySince(emptyMemory, target, trial);
  const perSecond = full.accepted / full.seconds;
  const { latencyRate } = options;
  const latency =
    latencyRate !== undefined && WITH_LATENCY.includes(name)
      ? await measureLatency(nextPlan(), latencyRate === 'half' ? perSecond / 2 : latencyRate, target, trial)
      : undefined;
  return {
    per_second: perSecond,
    errors: full.errors + (latency?.errors ?? 0),
    cpu_us: cpuPerMessage(before, after, full.accepted),
    latency_ms: latency?.latency_ms ?? null,
    loop_delay_p99_ms: latency?.loop_delay_p99_ms ?? null,
    memory,
  };
}

async function warmUp(run: (seconds: number) => Promise<LoadResult>): Promise<void> {
  for (let seconds = 0, accepted = 0; seconds < WARM_UP_SECONDS.max; seconds++) {
    if (seconds >= WARM_UP_SECONDS.min && accepted >= WARM_UP_REQUESTS) return;
    accepted += (await run(1)).accepted;
  }
}

async function planOf(request: RequestKind, target: Target, trial: Trial): Promise<() => RequestPlan> {
  switch (request) {
    case 'send':
      return () => sendPlan(trial.nextRun());
    case 'send-batch':
      return () => batchPlan(trial.nextRun(), BATCH);
    case 'query': {
      const plan = queryPlan(await storeIds(target, trial));
      return () => plan;
    }
  }
}

/** Stores messages and returns their ids. */
async function storeIds({ ports, database }: Target, trial: Trial): Promise<string[]> {
  const pace = { kind: 'count', requests: QUERIED } as const;
  await runGenerator({ plan: sendPlan(trial.nextRun()), ports, connections: 64, pace }, trial.signal);
  const rows = (await database?.query<{ id: string }>(`SELECT id FROM messages ORDER BY random()`)) ?? [];
  if (rows.length < QUERIED / 2) throw new Error(`only ${rows.length} messages were accepted`);
  return rows.map(({ id }) => id);
}

function warnOfGenerator(name: string, { generatorLoad }: LoadResult, measuredLoad: number, { warn }: Trial): void {
  if (generatorLoad <= BUSY || measuredLoad > BUSY) return;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  warn(`${name}: the generator used ${percent(generatorLoad)} of a core, what it measured ${percent(measuredLoad)}`);
}
