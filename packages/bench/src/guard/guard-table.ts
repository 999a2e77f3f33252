import { aligned, number } from '../report/aligned.js';
import type { Comparison } from './compare-ratios.js';

/** The comparisons for people. */
export function guardTable(comparisons: readonly Comparison[], major: string): string {
  const rows = comparisons.map(({ name, now, baseline, limit, over }) => [
    ...[name, number(now, 2), number(baseline, 2), number(limit, 2)],
    limit === null ? '-' : over ? 'over' : 'ok',
  ]);
  const known = comparisons.some(({ limit }) => limit !== null);
  return [
    `CPU per message as a multiple of what bare node:http needs for a request (Node ${major}):`,
    '',
    ...aligned([['', 'now', 'baseline', 'limit', ''], ...rows]),
    ...(known ? [] : ['', `There is no baseline for Node ${major}: nothing is compared. --write makes one.`]),
  ].join('\n');
}
