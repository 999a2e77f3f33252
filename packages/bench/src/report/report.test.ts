import { describe, expect, it } from '@jest/globals';
import { percentiles } from '../load/percentiles.js';
import { type Measurement, NO_MORE } from '../scenarios/measurement.js';
import { medianOf } from './median.js';
import { ratios } from './ratios.js';
import { resultTable } from './result-table.js';
import { summarize } from './summarize.js';

const measured = (per_second: number, fields: Partial<Measurement> = {}): Measurement => ({
  per_second,
  errors: 1,
  cpu_us: { ingress: per_second * 2, worker: null, redis: null, postgres: null, total: per_second * 3 },
  ...NO_MORE,
  ...fields,
});

describe('medianOf', () => {
  it.each([
    [[], null],
    [[null, undefined], null],
    [[7], 7],
    [[10, 9, 100], 10],
    [[4, 1, 3, 2], 2.5],
    [[5, null, 1], 3],
    [[0, null], 0],
  ])('of %j is %j', (samples, expected) => {
    expect(medianOf(samples)).toBe(expected);
  });
});

describe('percentiles', () => {
  it('are samples, the highest among few', () => {
    expect(percentiles([])).toBeNull();
    expect(percentiles([3])).toEqual({ p50: 3, p99: 3, p999: 3 });
    expect(percentiles([10, 9, 1])).toEqual({ p50: 9, p99: 10, p999: 10 });
    const thousand = Array.from({ length: 1_000 }, (_, index) => 1_000 - index);
    expect(percentiles(thousand)).toEqual({ p50: 500, p99: 990, p999: 999 });
  });
});

describe('summarize', () => {
  it('takes medians field by field and adds up errors', () => {
    const latency = (p50: number) => ({ latency_ms: { p50, p99: 2, p999: 3 } });
    const summary = summarize([measured(3, latency(9)), measured(1, latency(7)), measured(2, latency(8))]);
    expect(summary).toEqual({ ...measured(2, latency(8)), errors: 3 });
  });

  it('keeps the memory of the rounds that have one', () => {
    const memory = { redis_bytes_per_queued: 5, postgres_bytes_per_row: 6 };
    expect(summarize([measured(1), measured(1, { memory })]).memory).toEqual(memory);
  });
});

describe('ratios', () => {
  it('are made inside each round, and only for scenarios that ran', () => {
    const rounds = [
      { accept: measured(10), naive: measured(1) },
      { accept: measured(20), naive: measured(4) },
      { accept: measured(90), naive: measured(10) },
    ];
    expect(ratios(rounds)).toEqual({ accept_vs_naive: 9, accept_total_cpu_vs_naive: 9 });
  });

  it('leave out what cannot be divided', () => {
    expect(ratios([{ accept: measured(10), naive: measured(0) }, { accept: measured(1) }])).toEqual({});
  });
});

describe('resultTable', () => {
  it('has a line for each scenario, and each ratio and warning', () => {
    const text = resultTable({
      machine: { node: 'v26', cpu: 'fast', cores: 2, postgres: '18', redis: '8', seconds: 1, ingresses: 1, workers: 1 },
      scenarios: { accept: measured(10, { memory: { redis_bytes_per_queued: 5, postgres_bytes_per_row: 6 } }) },
      ratios: { accept_vs_naive: 9.129 },
      warnings: ['slow'],
    });
    expect(text).toContain('node: v26, cpu: fast, cores: 2');
    expect(text).toMatch(/^accept +10 +1 +20\.0 +- +- +- +30\.0 +- +- +- +-$/m);
    expect(text).toMatch(/^accept_vs_naive +9\.13$/m);
    expect(text).toMatch(/^warning: slow$/m);
    expect(text).toContain('accept: 5 bytes of Redis');
  });
});
