import type { RequestPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
import type { Measurement } from './measurement.js';

/** More than are ever needed while answers come in time; only what is needed is opened. */
const CONNECTIONS = 512;
/** Of the generator. */
const WARM_UP_SECONDS = 1;
/** prom-client's timer comes round each 10 ms, and what it reports is the whole interval. */
const SAMPLING_MS = 10;

/** Latency at a rate that leaves air, and the event loop's delay meanwhile. */
export async function measureLatency(
  plan: RequestPlan,
  perSecond: number,
  { ports, metrics }: System,
  { options, signal }: Trial,
): Promise<Pick<Measurement, 'errors' | 'latency_ms' | 'loop_delay_p99_ms'>> {
  // Each look begins the histogram anew.
  await Promise.all(metrics.map(loopDelay));
  const pace = { kind: 'rate', perSecond, warmUpSeconds: WARM_UP_SECONDS, seconds: options.seconds } as const;
  const { errors, latencyMs } = await runGenerator({ plan, ports, connections: CONNECTIONS, pace }, signal);
  const delays = (await Promise.all(metrics.map(loopDelay))).filter((delay) => delay !== null);
  return { errors, latency_ms: latencyMs, loop_delay_p99_ms: delays.length > 0 ? Math.max(...delays) : null };
}

async function loopDelay(url: string): Promise<number | null> {
  const text = await (await fetch(url)).text();
  const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1];
  return seconds === undefined ? null : Math.max(0, Number(seconds) * 1_000 - SAMPLING_MS);
}
