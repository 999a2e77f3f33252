import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Round } from '../report/ratios.js';
import { type Measurement, NO_MORE } from '../scenarios/measurement.js';
import { compareRatios, guardTable, MARGIN } from './compare-ratios.js';
import { BASELINE, guardRatios, type GuardRatios, readBaseline, writeBaseline } from './guard-ratios.js';

const RATIOS: GuardRatios = { accept_ingress: 2, accept_total: 4, accept_batch_total: 1, query_total: 3 };

const spent = (ingress: number | null, total: number | null): Measurement => ({
  per_second: 1,
  errors: 0,
  cpu_us: { ingress, worker: null, redis: null, postgres: null, total },
  ...NO_MORE,
});
const round = (ceiling: number, accept: number): Round => ({
  'http-ceiling': spent(ceiling, ceiling),
  accept: spent(accept, accept * 2),
  'accept-batch': spent(accept, accept),
  query: spent(1, 30),
});

describe('guardRatios', () => {
  it('takes the least that any round needed', () => {
    const expected = { accept_ingress: 2, accept_total: 4, accept_batch_total: 2, query_total: 3 };
    expect(guardRatios([round(20, 20), round(10, 80), round(15, 30)])).toEqual(expected);
  });

  it.each<[string, Round]>([
    ['a scenario is missing', { accept: spent(1, 2), 'http-ceiling': spent(1, 1) }],
    ['nothing was accepted', { ...round(10, 20), query: spent(null, null) }],
    ['the ceiling took no time', round(0, 20)],
  ])('throws when %s', (_, broken) => {
    expect(() => guardRatios([broken])).toThrow('nothing was measured');
  });
});

describe('compareRatios', () => {
  it.each([
    [1, false],
    [MARGIN, false],
    [MARGIN + 0.01, true],
  ])('judges ratios of %d times the baseline', (factor, over) => {
    const now = { ...RATIOS, query_total: RATIOS.query_total * factor };
    expect(compareRatios(now, RATIOS).filter((one) => one.over)).toHaveLength(over ? 1 : 0);
  });

  it('is shown as a table', () => {
    const text = guardTable(compareRatios({ ...RATIOS, query_total: 6.5 }, RATIOS));
    expect(text).toMatch(/^accept_total +4\.00 +4\.00 +8\.00 +ok$/m);
    expect(text).toMatch(/^query_total +6\.50 +3\.00 +6\.00 +over$/m);
  });
});

describe('the baseline', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ardor-bench-guard-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('is committed', () => {
    expect(Object.keys(readBaseline(BASELINE))).toEqual(Object.keys(RATIOS));
  });

  it('is read as it was written', () => {
    const file = join(folder, 'written.json');
    writeBaseline(file, RATIOS);
    expect(readBaseline(file)).toEqual(RATIOS);
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a ratio missing', JSON.stringify({ ...RATIOS, query_total: undefined })],
    ['a ratio too many', JSON.stringify({ ...RATIOS, other: 1 })],
    ['a ratio of 0', JSON.stringify({ ...RATIOS, query_total: 0 })],
    ['a ratio as text', JSON.stringify({ ...RATIOS, query_total: '3' })],
  ])('is refused with %s, by the name of its file', async (_, text) => {
    const file = join(folder, 'bad.json');
    await writeFile(file, text);
    expect(() => readBaseline(file)).toThrow(file);
  });
});
