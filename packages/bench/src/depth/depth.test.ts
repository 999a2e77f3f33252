import { describe, expect, it } from '@jest/globals';
import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import { depthPoints } from './depth-points.js';
import { depthTable } from './depth-table.js';
import { historySpans, type RowSpan } from './plan-rows.js';

const DAY_MS = 86_400_000;
const NOW = 20_000 * DAY_MS + 5_000;
const rowsOf = (spans: readonly RowSpan[]): number => spans.reduce((sum, { rows }) => sum + rows, 0);

describe('depthPoints', () => {
  it('begin and end with the empty table, and change one number at a time', () => {
    const empty = { waiting: 0, history: 0 };
    expect(depthPoints([], [])).toEqual([empty, empty]);
    expect(depthPoints([0, 9, 5, 9], [0, 7])).toEqual([
      empty,
      { waiting: 5, history: 0 },
      { waiting: 9, history: 0 },
      { waiting: 0, history: 7 },
      empty,
    ]);
  });
});

describe('historySpans', () => {
  it.each([0, 1, 6, 7, 2_000, 1_000_000, 50_000_000])('have %d rows, before today, in statements of few', (rows) => {
    const spans = historySpans(rows, NOW);
    expect(rowsOf(spans)).toBe(rows);
    for (const span of spans) {
      expect(span.rows).toBeLessThanOrEqual(500_000);
      expect(span.rows).toBeGreaterThan(0);
      expect(Math.floor(span.from / DAY_MS)).toBe(Math.floor((span.to - 1) / DAY_MS));
      expect(span.to).toBeLessThanOrEqual(20_000 * DAY_MS);
    }
  });

  it('are the same for each of seven days', () => {
    expect(historySpans(7_000, NOW).map(({ from, rows }) => [from / DAY_MS, rows])).toEqual(
      [19_993, 19_994, 19_995, 19_996, 19_997, 19_998, 19_999].map((day) => [day, 1_000]),
    );
  });
});

describe('depthTable', () => {
  const spent = (postgres: number, total: number): CpuPerMessage => ({
    ingress: null,
    worker: null,
    redis: null,
    postgres,
    total,
  });
  const round = (factor: number) => ({ accept: spent(10 * factor, 50), deliver: spent(20, 40 * factor), errors: 1 });

  it('has medians, and ratios to the same round of the first depth', () => {
    const text = depthTable([
      { depth: { waiting: 0, history: 0 }, rounds: [round(1), round(2), round(1)] },
      { depth: { waiting: 1_000, history: 0 }, rounds: [round(2), round(2), round(3)] },
    ]);
    expect(text).toMatch(/^0 +0 +10\.0 +1\.00 +50\.0 +1\.00 +20\.0 +1\.00 +40\.0 +1\.00 +3$/m);
    expect(text).toMatch(/^1,000 +0 +20\.0 +2\.00 +50\.0 +1\.00 +20\.0 +1\.00 +80\.0 +2\.00 +3$/m);
  });
});
