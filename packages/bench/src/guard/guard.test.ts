import { describe, expect, it } from '@jest/globals';
import type { Round } from '../report/ratios.js';
import type { Measurement } from '../scenarios/measurement.js';
import { BASELINE, parseBaseline, readBaseline, withRatios } from './baseline.js';
import { compareRatios, MARGIN } from './compare-ratios.js';
import { readGuardOptions } from './guard-options.js';
import { guardRatios, type GuardRatios } from './guard-ratios.js';
import { guardTable } from './guard-table.js';

const RATIOS: GuardRatios = { accept_ingress: 2, accept_total: 4, accept_batch_total: 1, query_total: 3 };

const spent = (ingress: number | null, total: number | null): Measurement => ({
  ...{ per_second: 1, errors: 0, latency_ms: null, loop_delay_p99_ms: null, memory: null },
  cpu_us: { ingress, worker: null, redis: null, postgres: null, total },
});
const round = (ceiling: number, accept: number): Round => ({
  ...{ 'http-ceiling': spent(ceiling, ceiling), accept: spent(accept, accept * 2) },
  ...{ 'accept-batch': spent(accept, accept), query: spent(1, 30) },
});

describe('guardRatios', () => {
  it('are those of the least that any round needed', () => {
    const expected = { accept_ingress: 2, accept_total: 4, accept_batch_total: 2, query_total: 3 };
    expect(guardRatios([round(20, 20), round(10, 80), round(15, 30)])).toEqual(expected);
  });

  it.each<[string, Round]>([
    ['a scenario is missing', { accept: spent(1, 2), 'http-ceiling': spent(1, 1) }],
    ['nothing was accepted', { ...round(10, 20), query: spent(null, null) }],
    ['the ceiling took no time', round(0, 20)],
  ])('throw where %s', (_, broken) => {
    expect(() => guardRatios([broken])).toThrow('nothing was measured');
  });
});

describe('compareRatios', () => {
  const verdicts = (factor: number): boolean[] => {
    const now = Object.fromEntries(Object.entries(RATIOS).map(([name, value]) => [name, value * factor]));
    return compareRatios(now as unknown as GuardRatios, RATIOS).map(({ over }) => over);
  };

  it.each([
    [0.1, false],
    [1, false],
    [MARGIN, false],
    [MARGIN + 0.01, true],
  ])('with ratios %d times the baseline', (factor, over) => {
    expect(verdicts(factor)).toEqual([over, over, over, over]);
  });

  it('finds the one that is over', () => {
    const found = compareRatios({ ...RATIOS, query_total: 6.5 }, RATIOS).filter(({ over }) => over);
    expect(found).toEqual([{ name: 'query_total', now: 6.5, baseline: 3, limit: 3 * MARGIN, over: true }]);
  });

  it('finds nothing without a baseline, and the table says so', () => {
    const none = compareRatios({ ...RATIOS, query_total: 1e9 }, undefined);
    expect(none.map(({ over, limit }) => [over, limit])).toEqual(Object.keys(RATIOS).map(() => [false, null]));
    expect(guardTable(none, '22')).toContain('no baseline for Node 22');
  });

  it('is told as a table', () => {
    const text = guardTable(compareRatios({ ...RATIOS, query_total: 6.5 }, RATIOS), '20');
    expect(text).toMatch(/^accept_total +4\.00 +4\.00 +8\.00 +ok$/m);
    expect(text).toMatch(/^query_total +6\.50 +3\.00 +6\.00 +over$/m);
    expect(text).not.toContain('no baseline');
  });
});

describe('a baseline', () => {
  it('is the committed one for Node 20 and 24', () => {
    expect(Object.keys(readBaseline(BASELINE))).toEqual(expect.arrayContaining(['20', '24']));
  });

  it('gets the ratios of a Node and keeps those of others', () => {
    const other = { '24': RATIOS };
    const added = withRatios(other, '20', { ...RATIOS, query_total: 3.14159 });
    expect(added).toEqual({ ...other, '20': { ...RATIOS, query_total: 3.14 } });
    expect(parseBaseline(JSON.stringify(added))).toEqual(added);
    expect(parseBaseline('{}')).toEqual({});
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no version', JSON.stringify({ v20: RATIOS })],
    ['a ratio too few', JSON.stringify({ '20': { ...RATIOS, query_total: undefined } })],
    ['a ratio too many', JSON.stringify({ '20': { ...RATIOS, other: 1 } })],
    ['a ratio of nothing', JSON.stringify({ '20': { ...RATIOS, query_total: 0 } })],
    ['a ratio as text', JSON.stringify({ '20': { ...RATIOS, query_total: '3' } })],
  ])('is refused with %s', (_, text) => {
    expect(() => parseBaseline(text)).toThrow();
  });

  it('names the file that cannot be read', () => {
    expect(() => readBaseline('/nowhere/baseline.json')).toThrow(/^\/nowhere\/baseline\.json: .*ENOENT/);
  });
});

describe('readGuardOptions', () => {
  const read = (...argv: string[]) => readGuardOptions(argv, true);

  it('compares with this Node when told nothing', () => {
    expect(read()).toEqual({ seconds: 1, rounds: 2, node: process.execPath, write: false });
    expect(read('--write', '--seconds', '3')).toMatchObject({ write: true, seconds: 3 });
  });

  it.each([
    ['--seconds', 1, 60],
    ['--rounds', 1, 20],
  ])('%s takes %d to %d', (flag, min, max) => {
    for (const inside of [min, max]) expect(read(flag, String(inside))).toMatchObject({ [flag.slice(2)]: inside });
    for (const outside of [min - 1, max + 1, '1.5', '', 'x', -1])
      expect(() => read(flag, String(outside))).toThrow('whole number');
  });

  it('refuses what it does not know', () => {
    expect(() => read('accept')).toThrow();
    expect(() => read('--nonsense')).toThrow();
  });
});
