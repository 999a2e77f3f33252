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

/**
 * Of the least that any round needed: what else a machine does, a cold start or a checkpoint adds to the CPU of a short
 * measurement and never takes from it. Throws where a ratio cannot be made: what is not measured is not well.
 */
export function guardRatios(rounds: readonly Round[]): GuardRatios {
  const least = (scenario: ScenarioName, group: keyof Measurement['cpu_us']): number =>
    Math.min(...rounds.map((round) => round[scenario]?.cpu_us[group] ?? Infinity));
  const ceiling = least(CEILING, 'ingress');
  const entries = GUARD_RATIO_NAMES.map((name) => {
    const [scenario, group] = GUARDED[name];
    const ratio = least(scenario, group) / ceiling;
    if (!Number.isFinite(ratio)) throw new Error(`${name}: nothing was measured`);
    return [name, ratio] as const;
  });
  return Object.fromEntries(entries) as GuardRatios;
}
