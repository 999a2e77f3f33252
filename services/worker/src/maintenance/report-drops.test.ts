import type { DropResult } from '@ardor/store/maintenance/drop-old-partition';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createReportDrops } from './report-drops.js';

let lines: string[];
let counts: DropResult[];
let report: (result: DropResult) => void;
beforeEach(() => {
  lines = [];
  counts = [];
  report = createReportDrops({
    log: {
      info: (event) => void lines.push(`info ${event}`),
      warn: (event) => void lines.push(`warn ${event}`),
    },
    metrics: { countDrop: (result) => void counts.push(result) },
  });
});

describe('the report of drops', () => {
  it('counts each run that found an old partition, and logs what hinders it once', () => {
    for (const result of ['none_old', 'held', 'busy', 'held', 'dropped', 'held'] as const) report(result);
    expect(counts).toEqual(['held', 'busy', 'held', 'dropped', 'held']);
    expect(lines).toEqual(['info old partition is held', 'info old partition is held']);
  });

  it('warns once of a role that may not drop', () => {
    for (let runs = 0; runs < 3; runs++) report('not_owner');
    expect(lines).toEqual(['warn old partitions cannot be dropped']);
  });
});
