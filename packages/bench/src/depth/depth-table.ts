import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import { aligned, number } from '../report/aligned.js';
import { medianOf } from '../report/median.js';
import type { Depth } from './depth-points.js';
import type { DepthMeasurement } from './measure-depth.js';

export interface MeasuredDepth {
  readonly depth: Depth;
  /** One a round; the others are compared with those of the first depth. */
  readonly rounds: readonly DepthMeasurement[];
}

type Pick = (one: DepthMeasurement) => number | null;

const COLUMNS: readonly (readonly [head: string, Pick])[] = (['accept', 'deliver'] as const).flatMap((part) =>
  (['postgres', 'total'] as const).map(
    (group: keyof CpuPerMessage) => [`${part} ${group}`, (one: DepthMeasurement) => one[part][group]] as const,
  ),
);

/** CPU a message, and its ratio to that of the empty table in the same round. */
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
    'CPU in µs a message over a table that already holds others, and as a multiple of the first line.',
    'accept: one request each. deliver: claim, call and settlement. total: ingress, worker, Redis and Postgres.',
    'The last line is an empty table again: its multiples show what difference the machine alone makes.',
    '',
    ...aligned([['waiting', 'history', ...COLUMNS.flatMap(([head]) => [head, '×']), 'errors'], ...rows]),
  ].join('\n');
}

const ratio = (micros: number | null, empty: number | null | undefined): number | null =>
  micros !== null && typeof empty === 'number' && empty > 0 ? micros / empty : null;
