import { describe, expect, it } from '@jest/globals';
import type { BenchResult } from '../report/result.js';
import { messageCosts } from './message-costs.js';
import { planCores } from './plan-cores.js';
import { parseResult, readResult } from './read-result.js';
import { readSizingOptions } from './sizing-options.js';
import { sizingTable } from './sizing-table.js';

const spent = (ingress: number, worker: number | null, redis: number, postgres: number) => ({
  cpu_us: { ingress, worker, redis, postgres, total: ingress + (worker ?? 0) + redis + postgres },
});
const SCENARIOS = {
  ...{ accept: spent(60, null, 10, 20), 'accept-batch': spent(12, null, 4, 8) },
  ...{ drain: spent(0, 30, 6, 25), 'end-to-end': spent(80, 99, 99, 60) },
};
const ENVIRONMENT = { node: 'v20', cpu: 'fast', cores: 2 };
const measured = { scenarios: SCENARIOS, environment: ENVIRONMENT } as unknown as BenchResult;

const COSTS = {
  single: { ingress: 60, worker: 30, redis: 16, postgres: 45 },
  batch: { ingress: 12, worker: 30, redis: 10, postgres: 33 },
  receipt: { ingress: 20, worker: 0, redis: 0, postgres: 15 },
};

describe('messageCosts', () => {
  it('adds accepting and sending, and takes a receipt for what ingress and Postgres needed beyond', () => {
    expect(messageCosts(measured)).toEqual(COSTS);
  });

  it('never has a receipt cost less than nothing', () => {
    const cheap = { ...SCENARIOS, 'end-to-end': spent(1, 1, 1, 1) };
    const { receipt } = messageCosts({ scenarios: cheap } as unknown as BenchResult);
    expect(receipt).toEqual({ ingress: 0, worker: 0, redis: 0, postgres: 0 });
  });

  it.each(['accept', 'accept-batch', 'drain', 'end-to-end'] as const)('needs %s', (name) => {
    const without = { ...SCENARIOS, [name]: undefined };
    expect(() => messageCosts({ scenarios: without } as unknown as BenchResult)).toThrow(name);
    const silent = { ...SCENARIOS, [name]: { cpu_us: { total: null } } };
    expect(() => messageCosts({ scenarios: silent } as unknown as BenchResult)).toThrow(name);
  });
});

describe('planCores', () => {
  const terms = { rates: [1_000, 80_000], utilisation: 0.6, receiptsPerMessage: 2 };
  const sizings = planCores(COSTS, terms);
  const of = (perSecond: number, what: string) =>
    sizings.find((one) => one.perSecond === perSecond && one.what === what);

  it('is CPU times rate, over what may be used of a core', () => {
    expect(of(1_000, 'single')?.cores.ingress).toBeCloseTo(0.1, 9);
    expect(of(1_000, 'single')?.cores.worker).toBeCloseTo(0.05, 9);
    expect(of(80_000, 'single')?.cores.postgres).toBeCloseTo(6, 9);
    expect(of(80_000, 'batch')?.cores.ingress).toBeCloseTo(1.6, 9);
  });

  it('counts each receipt', () => {
    expect(of(80_000, 'receipt')?.cores.ingress).toBeCloseTo((80_000 * 2 * 20) / 1e6 / 0.6, 9);
  });

  it('has whole shards of Redis, one at least where it is used', () => {
    expect(of(1_000, 'single')?.redisShards).toBe(1);
    expect(of(80_000, 'single')?.redisShards).toBe(3);
    expect(of(80_000, 'receipt')?.redisShards).toBe(0);
  });

  it('is told with its assumptions', () => {
    const text = sizingTable({ result: measured, costs: COSTS, sizings, terms, batch: 1_000 });
    expect(text).toMatch(/^80,000 +single +8\.0 +4\.0 +2\.1 +3 +6\.0 +20\.1$/m);
    for (const words of ['60 %', 'fast (2 of them), Node v20', '1000 messages', '2 for each message'])
      expect(text).toContain(words);
  });
});

describe('a result to size from', () => {
  it('is what was written', () => {
    expect(parseResult(JSON.stringify(measured))).toEqual(measured);
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['no environment', JSON.stringify({ scenarios: SCENARIOS })],
    ['no scenarios', JSON.stringify({ environment: ENVIRONMENT })],
    ['less than nothing', JSON.stringify({ ...measured, scenarios: { accept: spent(-1, 0, 0, 0) } })],
    ['text', JSON.stringify({ ...measured, scenarios: { accept: { cpu_us: 'much' } } })],
  ])('is refused with %s', (_, text) => {
    expect(() => parseResult(text)).toThrow();
  });

  it('names the file that cannot be read', () => {
    expect(() => readResult('/nowhere/a.json')).toThrow(/^\/nowhere\/a\.json: .*ENOENT/);
  });
});

describe('readSizingOptions', () => {
  const read = (...argv: string[]) => readSizingOptions(argv, true);

  it('measures when told nothing', () => {
    expect(read()).toEqual({
      ...{ json: undefined, from: undefined, seconds: 5, rounds: 3, node: process.execPath, batch: 1_000, receipts: 1 },
    });
    expect(read('--from', 'a', '--json', 'b')).toMatchObject({ from: 'a', json: 'b' });
  });

  it.each([
    ['--seconds', 1, 600],
    ['--rounds', 1, 100],
    ['--batch', 1, 10_000],
    ['--receipts', 0, 10],
  ])('%s takes %d to %d', (flag, min, max) => {
    for (const inside of [min, max]) expect(read(flag, String(inside))).toMatchObject({ [flag.slice(2)]: inside });
    for (const outside of [min - 1, max + 1, '1.5', '', 'x'])
      expect(() => read(flag, String(outside))).toThrow('whole number');
  });

  it('refuses what it does not know', () => {
    expect(() => read('accept')).toThrow();
  });
});
