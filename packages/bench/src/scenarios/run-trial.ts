import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { startSystem } from '../stage/system.js';
import type { Stage, Trial } from '../stage/stage.js';
import type { LeftOut } from './left-out.js';
import type { Measurement } from './measurement.js';
import { measureDrain } from './measure-drain.js';
import { measureEndToEnd } from './measure-end-to-end.js';
import { measureKannel } from './measure-kannel.js';
import { measureRate } from './measure-rate.js';
import { SCENARIOS, type Scenario, type ScenarioName } from './scenario.js';

/** One scenario once, on processes and data of its own. */
export async function runTrial(name: ScenarioName, stage: Stage): Promise<Measurement | LeftOut> {
  const closers = createCleanupStack();
  let runs = 0;
  const trial: Trial = { ...stage, closers, nextRun: () => runs++ };
  try {
    await stage.servers.redisClient.flushall('SYNC');
    return await measure(SCENARIOS[name], name, trial);
  } finally {
    await closers.closeAll();
  }
}

async function measure(scenario: Scenario, name: ScenarioName, trial: Trial): Promise<Measurement | LeftOut> {
  if (scenario.kind === 'kannel') return measureKannel(scenario.measure, trial);
  const system = await startSystem(scenario.system, trial, settingsOf(scenario));
  switch (scenario.kind) {
    case 'rate':
      return measureRate(scenario, name, system, trial);
    case 'drain':
      return measureDrain(scenario.messagesPerSecond, system, trial);
    case 'end-to-end':
      return measureEndToEnd(scenario.until, system, trial);
  }
}

/** The simulator has 100,000 numbers that get no receipt; who sends to nobody else comes to each of them several times. */
const settingsOf = (scenario: Scenario): Record<string, string> =>
  scenario.kind === 'end-to-end' && scenario.until === 'sent' ? { NUMBER_LIMIT_SECONDS: '1' } : {};
