import { readFileSync, writeFileSync } from 'node:fs';
import { CHECKOUT } from '@ardor/testkit/paths';
import Joi from 'joi';
import type { Round } from '../report/ratios.js';
import type { Measurement } from '../scenarios/measurement.js';
import type { ScenarioName } from '../scenarios/scenario.js';

type CpuGroup = keyof Measurement['cpu_us'];

/** CPU of a message, as a multiple of what the bare server's process needs for a request. */
const GUARDED = {
  accept_ingress: ['accept', 'ingress'],
  accept_total: ['accept', 'total'],
  accept_batch_total: ['accept-batch', 'total'],
  query_total: ['query', 'total'],
} as const satisfies Record<string, readonly [ScenarioName, CpuGroup]>;

export type GuardRatioName = keyof typeof GUARDED;
export type GuardRatios = Readonly<Record<GuardRatioName, number>>;

export const GUARD_RATIO_NAMES = Object.keys(GUARDED) as GuardRatioName[];
export const GUARD_SCENARIOS = ['http-ceiling', 'accept', 'accept-batch', 'query'] as const satisfies ScenarioName[];

/**
 * Takes the least CPU of all rounds: other work of the machine, a cold start or a checkpoint only add to it. Throws when
 * a ratio cannot be made, because an unmeasured scenario must not pass.
 */
export function guardRatios(rounds: readonly Round[]): GuardRatios {
  const least = (scenario: ScenarioName, group: CpuGroup): number =>
    Math.min(...rounds.map((round) => round[scenario]?.cpu_us[group] ?? Infinity));
  const ceiling = least('http-ceiling', 'ingress');
  return fromNames((name) => {
    const [scenario, group] = GUARDED[name];
    const ratio = least(scenario, group) / ceiling;
    if (!Number.isFinite(ratio)) throw new Error(`${name}: nothing was measured`);
    return Number(ratio.toPrecision(3));
  });
}

export const BASELINE = `${CHECKOUT}packages/bench/baseline.json`;
const SCHEMA = Joi.object<GuardRatios>(fromNames(() => Joi.number().strict().greater(0).required())).required();

/** Throws, with the name of the file, when it is missing or is not as `writeBaseline` writes it. */
export function readBaseline(file: string): GuardRatios {
  try {
    return Joi.attempt<Joi.ObjectSchema<GuardRatios>>(JSON.parse(readFileSync(file, 'utf8')), SCHEMA);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export const writeBaseline = (file: string, ratios: GuardRatios): void =>
  writeFileSync(file, `${JSON.stringify(ratios, null, 2)}\n`);

function fromNames<T>(value: (name: GuardRatioName) => T): Record<GuardRatioName, T> {
  return Object.fromEntries(GUARD_RATIO_NAMES.map((name) => [name, value(name)])) as Record<GuardRatioName, T>;
}
