import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import { aligned, number } from '../report/aligned.js';
import { medianOf } from '../report/median.js';
import type { Depth } from './depth-points.js';
import type { DepthMeasurement } from './measure-depth.js';

export interface MeasuredDepth {
  readonly depth: Depth;
  /** One of each round; the first depth's is what the others' are held against. */
  readonly rounds: readonly DepthMeasurement[];
}

type Pick = (one: DepthMeasurement) => number | null;

const COLUMNS: readonly (readonly [head: string, Pick])[] = (['accept', 'deliver'] as const).flatMap((part) =>
  (['postgres', 'total'] as const).map(
    (group: keyof CpuPerMessage) => [`${part} ${group}`, (one: DepthMeasurement) => one[part][group]] as const,
  ),
);

/** CPU for each message, and its ratio to the empty table's, made inside each round. */
export function depthTable(measured: readonly MeasuredDepth[]): string {
  const empty = measured[0]?.rounds ?? [];
  const rows = measured.map(({ depth: { waiting, history }, rounds }) => [
    ...[waiting.toLocaleString('en-US'), history.toLocaleString('en-US')],
    ...COLUMNS.flatMap(([, pick]) => {
      const ratios = rounds.map((one, round) => ratio(pick(one), empty[round] && pick(empty[round])));
      return [number(medianOf(rounds.map(pick)), 1), number(medianOf(ratios), 2)];
    }),
    String(rounds.reduce((sum, { errors }) => sum + errors, 0)),
  ]);
  return [
    'CPU in µs for each message over a table that holds so many others, and as a multiple of the first line.',
    'accept: one request each. deliver: claim, call and settlement. total: ingress, worker, Redis and Postgres.',
    'The last line is an empty table once more: its multiples are what the machine alone makes of a difference.',
    '',
    ...aligned([['waiting', 'history', ...COLUMNS.flatMap(([head]) => [head, '×']), 'errors'], ...rows]),
  ].join('\n');
}

const ratio = (micros: number | null, empty: number | null | undefined): number | null =>
  micros !== null && typeof empty === 'number' && empty > 0 ? micros / empty : null;
