import { writeFileSync } from 'node:fs';
import { CHECKOUT } from '@ardor/testkit/paths';
import Joi from 'joi';
import { readChecked } from '../read-checked.js';
import { GUARD_RATIO_NAMES, type GuardRatios } from './guard-ratios.js';

export const BASELINE = `${CHECKOUT}packages/bench/baseline.json`;

/** The ratios that were found good, for each major version of Node: another engine, another cost. */
export type Baseline = Readonly<Record<string, GuardRatios>>;

const ratio = Joi.number().strict().greater(0).required();
const SCHEMA = Joi.object<Baseline>().pattern(
  /^[1-9]\d*$/,
  Joi.object(Object.fromEntries(GUARD_RATIO_NAMES.map((name) => [name, ratio]))),
);

/** Throws, with the file's name, when it is missing or is not as `--write` writes it. */
export const readBaseline = (file: string): Baseline => readChecked(file, parseBaseline);

export function parseBaseline(text: string): Baseline {
  const result = SCHEMA.required().validate(JSON.parse(text));
  if (result.error) throw result.error;
  return result.value;
}

export function writeBaseline(file: string, baseline: Baseline): void {
  writeFileSync(file, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** The baseline with this Node's ratios, to as many digits as they mean anything. */
export function withRatios(baseline: Baseline, major: string, ratios: GuardRatios): Baseline {
  const rounded = GUARD_RATIO_NAMES.map((name) => [name, Number(ratios[name].toPrecision(3))] as const);
  return { ...baseline, [major]: Object.fromEntries(rounded) as GuardRatios };
}
