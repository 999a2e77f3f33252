import { medianOf } from '../report/median.js';
import type { Round } from '../report/ratios.js';
import type { Measurement } from '../scenarios/measurement.js';
import type { ScenarioName } from '../scenarios/scenario.js';

const CEILING = 'http-ceiling';

/** CPU for each message, to be divided by what the bare server's process needs for one. */
const GUARDED = {
  accept_ingress: ['accept', 'ingress'],
  accept_total: ['accept', 'total'],
  accept_batch_total: ['accept-batch', 'total'],
  query_total: ['query', 'total'],
} as const satisfies Record<string, readonly [ScenarioName, keyof Measurement['cpu_us']]>;

export type GuardRatioName = keyof typeof GUARDED;
export type GuardRatios = Readonly<Record<GuardRatioName, number>>;

export const GUARD_RATIO_NAMES = Object.keys(GUARDED) as GuardRatioName[];
export const GUARD_SCENARIOS = [CEILING, 'accept', 'accept-batch', 'query'] as const satisfies ScenarioName[];

/** Made inside each round, then their median. Throws where one could not be made: what is not measured is not well. */
export function guardRatios(rounds: readonly Round[]): GuardRatios {
  const entries = GUARD_RATIO_NAMES.map((name) => {
    const [scenario, group] = GUARDED[name];
    const ratio = medianOf(
      rounds.map((round) => {
        const [micros, ceiling] = [round[scenario]?.cpu_us[group], round[CEILING]?.cpu_us.ingress];
        return typeof micros === 'number' && ceiling ? micros / ceiling : null;
      }),
    );
    if (ratio === null) throw new Error(`${name}: nothing was measured`);
    return [name, ratio] as const;
  });
  return Object.fromEntries(entries) as GuardRatios;
}
