import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { cpuPerMessage, cpuSnapshot } from '../cpu/cpu-groups.js';
import { startKannel, type RunningKannel } from '../kannel/start-kannel.js';
import { kannelPlan } from '../load/request-plan.js';
import { runGenerator } from '../load/run-generator.js';
import { CONNECTIONS, type Trial } from '../session/session.js';
import { type Measurement, NO_MORE } from './measurement.js';

const WARM_UP_SECONDS = 1;
/** Kannel accepts faster than it submits; the rest waits in bearerbox. */
const DRAIN_TIMEOUT_MS = 300_000;

/** `accepted`: what smsbox accepts over HTTP while bearerbox submits. `sent`: until the SMSC has answered for the last. */
export async function measureKannel(until: 'accepted' | 'sent', trial: Trial): Promise<Measurement | undefined> {
  const { options, signal } = trial;
  const kannel = await startOrWarn(trial);
  if (!kannel) return undefined;
  const plan = kannelPlan(kannel.url);
  const load = (seconds: number) =>
    runGenerator({ plan, ports: [kannel.port], connections: CONNECTIONS, pace: { kind: 'full', seconds } }, signal);
  const wait = { withinMs: DRAIN_TIMEOUT_MS, everyMs: 50, signal };
  const untilSubmitted = (count: number) => waitFor(async () => (await kannel.submitted()) >= count, wait);
  await untilSubmitted((await load(WARM_UP_SECONDS)).accepted);
  const already = await kannel.submitted();
  const groups = { ingress: [kannel.pids.smsbox], worker: [kannel.pids.bearerbox], redis: [], postgres: [] };
  const before = cpuSnapshot(groups);
  const { accepted, errors, seconds, startedAt } = await load(options.seconds);
  if (until === 'sent') await untilSubmitted(already + accepted);
  const spent = until === 'sent' ? (Date.now() - startedAt) / 1_000 : seconds;
  const after = cpuSnapshot(groups);
  return { per_second: accepted / spent, errors, cpu_us: cpuPerMessage(before, after, accepted), ...NO_MORE };
}

async function startOrWarn({ closers, servers, progress, warn }: Trial): Promise<RunningKannel | undefined> {
  try {
    const folder = await mkdtemp(join(servers.folder, 'kannel-'));
    const kannel = await startKannel({ folder, cacheDir: TOOLS, log: progress });
    closers.defer('Kannel', kannel.stop);
    return kannel;
  } catch (error) {
    // Some systems have no Kannel. Ardor's figures are reported all the same.
    warn(`Kannel was left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
