import type { RequestPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import type { Trial } from '../session/session.js';
import type { Target } from '../session/start-http-ceiling.js';
import type { Measurement } from './measurement.js';

/** More than needed while responses come in time; a connection opens when it is needed. */
const CONNECTIONS = 512;
const WARM_UP_SECONDS = 1;
/** prom-client samples every 10 ms and reports the whole interval. */
const SAMPLING_MS = 10;

/** Measures latency at a given rate, and the event loop's delay meanwhile. */
export async function measureLatency(
  plan: RequestPlan,
  perSecond: number,
  { ports, metrics }: Target,
  { options, signal }: Trial,
): Promise<Pick<Measurement, 'errors' | 'latency_ms' | 'loop_delay_p99_ms'>> {
  // Reading the metric resets its histogram.
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
