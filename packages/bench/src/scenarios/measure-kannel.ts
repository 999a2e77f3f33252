import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { cpuPerMessage, cpuSnapshot, type Groups } from '../cpu/cpu-groups.js';
import { runSendLoad, type SendLoad } from '../kannel/run-send-load.js';
import { startKannel, type RunningKannel } from '../kannel/start-kannel.js';
import type { Trial } from '../stage/stage.js';
import type { Measurement } from './measurement.js';
import { leftOut, type LeftOut } from './left-out.js';

const WARM_UP_SECONDS = 1;
/** What was taken faster than it was submitted waits in bearerbox. */
const PATIENCE_MS = 300_000;
const EACH_MS = 50;

/** `accept`: what smsbox takes over HTTP while bearerbox submits. `end-to-end`: until the SMSC has answered for the last. */
export async function measureKannel(measure: 'accept' | 'end-to-end', trial: Trial): Promise<Measurement | LeftOut> {
  const { wrk: program, options, signal } = trial;
  if (!program) return leftOut('there is no wrk to send to Kannel');
  const kannel = await startedKannel(trial);
  if ('leftOut' in kannel) return kannel;
  const { url, submitted } = kannel;
  const load = (seconds: number): Promise<SendLoad> =>
    runSendLoad(program, { url, connections: options.connections, seconds }, signal);
  const untilSubmitted = (count: number): Promise<unknown> =>
    waitFor(async () => signal.aborted || (await submitted()) >= count, { withinMs: PATIENCE_MS, everyMs: EACH_MS });
  const warm = await load(WARM_UP_SECONDS);
  await untilSubmitted(warm.accepted);
  const already = await submitted();
  const groups = groupsOf(kannel);
  const before = cpuSnapshot(groups);
  const startedAt = performance.now();
  const { accepted, errors, seconds } = await load(options.seconds);
  if (measure === 'end-to-end') await untilSubmitted(already + accepted);
  const spent = (performance.now() - startedAt) / 1_000;
  const after = cpuSnapshot(groups);
  signal.throwIfAborted();
  return {
    per_second: measure === 'accept' ? accepted / seconds : accepted / spent,
    errors,
    cpu_us: cpuPerMessage(before, after, accepted),
    ...{ latency_ms: null, loop_delay_p99_ms: null, memory: null },
  };
}

async function startedKannel({ closers, servers, progress }: Trial): Promise<RunningKannel | LeftOut> {
  try {
    const folder = await mkdtemp(join(servers.folder, 'kannel-'));
    const kannel = await startKannel({ folder, cacheDir: TOOLS, log: progress });
    closers.defer('Kannel', kannel.stop);
    return kannel;
  } catch (error) {
    // Not of this system, or held up by another program: no reason to lose what is measured of Ardor.
    return leftOut(`Kannel could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** smsbox is what takes messages, bearerbox what hands them on and keeps them meanwhile. The SMSC is the carrier's. */
const groupsOf = ({ pids }: RunningKannel): Groups => ({
  ...{ ingress: [pids.smsbox], worker: [pids.bearerbox] },
  ...{ redis: [], postgres: [] },
});
