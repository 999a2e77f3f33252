import { describe, expect, it } from '@jest/globals';
import { messageCosts } from './message-costs.js';
import { coresFor, sizingTable } from './sizing-table.js';

const spent = (ingress: number, worker: number | null, redis: number, postgres: number) => ({
  cpu_us: { ingress, worker, redis, postgres, total: ingress + (worker ?? 0) + redis + postgres },
});
const SCENARIOS = {
  accept: spent(60, null, 10, 20),
  'accept-batch': spent(12, null, 4, 8),
  drain: spent(0, 30, 6, 25),
  'end-to-end': spent(80, 99, 99, 60),
};
const COSTS = {
  single: { ingress: 60, worker: 30, redis: 16, postgres: 45 },
  batch: { ingress: 12, worker: 30, redis: 10, postgres: 33 },
  receipt: { ingress: 20, worker: 0, redis: 0, postgres: 15 },
};

describe('messageCosts', () => {
  it('adds accepting and sending; a receipt is what ingress and Postgres needed beyond', () => {
    expect(messageCosts(SCENARIOS)).toEqual(COSTS);
  });

  it('never makes a receipt cheaper than nothing', () => {
    const { receipt } = messageCosts({ ...SCENARIOS, 'end-to-end': spent(1, 1, 1, 1) });
    expect(receipt).toEqual({ ingress: 0, worker: 0, redis: 0, postgres: 0 });
  });

  it.each(['accept', 'accept-batch', 'drain', 'end-to-end'] as const)('needs %s', (name) => {
    const without = Object.fromEntries(Object.entries(SCENARIOS).filter(([key]) => key !== name));
    expect(() => messageCosts(without)).toThrow(name);
    const unmeasured = { cpu_us: { ingress: null, worker: null, redis: null, postgres: null, total: null } };
    expect(() => messageCosts({ ...SCENARIOS, [name]: unmeasured })).toThrow(name);
  });
});

describe('sizing', () => {
  it('is CPU times rate, with 60 % of a core in use', () => {
    expect(coresFor(COSTS.single, 1_000).ingress).toBeCloseTo(0.1, 9);
    expect(coresFor(COSTS.single, 80_000).postgres).toBeCloseTo(6, 9);
    expect(coresFor(COSTS.batch, 80_000).ingress).toBeCloseTo(1.6, 9);
  });

  it('is shown with whole shards of Redis and its assumptions', () => {
    const text = sizingTable(COSTS, { cpu: 'fast', cores: 2, node: 'v26' });
    expect(text).toMatch(/^80,000 +single +8\.0 +4\.0 +2\.1 +6\.0 +20\.1 +3$/m);
    expect(text).toMatch(/^80,000 +\+ receipts +2\.7 +0\.0 +0\.0 +2\.0 +4\.7 +0$/m);
    for (const words of ['60 %', 'fast (2 of them), Node v26', '1000 messages']) expect(text).toContain(words);
  });
});
