import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { createTrial, type Session, type Trial } from '../session/session.js';
import { startHttpCeiling } from '../session/start-http-ceiling.js';
import { startSystem } from '../session/start-system.js';
import { measureDrain } from './measure-drain.js';
import { measureEndToEnd } from './measure-end-to-end.js';
import { measureKannel } from './measure-kannel.js';
import { measureRate } from './measure-rate.js';
import type { Measurement } from './measurement.js';
import { SCENARIOS, type Scenario, type ScenarioName } from './scenario.js';

/** Runs one scenario once, on processes and data of its own. Undefined when this machine cannot run it. */
export async function runTrial(name: ScenarioName, session: Session): Promise<Measurement | undefined> {
  const closers = createCleanupStack();
  try {
    await session.servers.redisClient.flushall('SYNC');
    return await measure(SCENARIOS[name], name, createTrial(session, closers));
  } finally {
    await closers.closeAll();
  }
}

async function measure(scenario: Scenario, name: ScenarioName, trial: Trial): Promise<Measurement | undefined> {
  switch (scenario.kind) {
    case 'rate': {
      const { system, request } = scenario;
      const target = await (system === 'http-ceiling' ? startHttpCeiling(trial) : startSystem(system, trial));
      return measureRate(request, name, target, trial);
    }
    case 'drain':
      return measureDrain(scenario.messagesPerSecond, await startSystem(scenario.system, trial), trial);
    case 'end-to-end': {
      // Only 100,000 numbers of the simulator get no receipt, so each of them is sent to several times.
      const settings = scenario.until === 'sent' ? { NUMBER_LIMIT_SECONDS: '1' } : undefined;
      return measureEndToEnd(scenario.until, await startSystem(scenario.system, trial, settings), trial);
    }
    case 'kannel':
      return measureKannel(scenario.until, trial);
  }
}
