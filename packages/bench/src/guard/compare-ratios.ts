import { aligned, number } from '../report/aligned.js';
import { GUARD_RATIO_NAMES, type GuardRatioName, type GuardRatios } from './guard-ratios.js';

/** Wide: on a busy machine a ratio moves by a third. A batch or a query plan that is lost multiplies it. */
export const MARGIN = 2;

export interface Comparison {
  readonly name: GuardRatioName;
  readonly now: number;
  readonly baseline: number;
  readonly limit: number;
  readonly over: boolean;
}

export const compareRatios = (now: GuardRatios, baseline: GuardRatios): Comparison[] =>
  GUARD_RATIO_NAMES.map((name) => {
    const limit = baseline[name] * MARGIN;
    return { name, now: now[name], baseline: baseline[name], limit, over: now[name] > limit };
  });

export function guardTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ name, now, baseline, limit, over }) => {
    const cells = [now, baseline, limit].map((ratio) => number(ratio, 2));
    return [name, ...cells, over ? 'over' : 'ok'];
  });
  return [
    'CPU per message as a multiple of what a bare node:http server needs for a request:',
    '',
    ...aligned([['', 'now', 'baseline', 'limit', ''], ...rows]),
  ].join('\n');
}
