import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';
import { SCENARIO_NAMES } from './scenarios/scenario.js';

const read = (...argv: string[]) => readOptions(argv, true);

describe('readOptions', () => {
  it('runs everything with this Node when told nothing', () => {
    expect(read()).toEqual({
      ...{ scenarios: SCENARIO_NAMES, json: undefined, seconds: 5, rounds: 3, node: process.execPath },
      ...{ connections: 256, batch: 1_000, ingresses: 1, workers: 1, latency: true },
    });
  });

  it('takes what it is told, and runs each scenario once, in the order of a round', () => {
    expect(read('--json', 'a.json', '--node', '/n', 'query', 'accept', 'query')).toMatchObject({
      ...{ json: 'a.json', node: '/n', scenarios: ['accept', 'query'] },
    });
  });

  it.each([
    ['--seconds', 1, 600],
    ['--rounds', 1, 100],
    ['--connections', 1, 10_000],
    ['--batch', 1, 10_000],
    ['--ingresses', 1, 16],
    ['--workers', 1, 16],
  ])('%s takes %d to %d', (flag, min, max) => {
    for (const inside of [min, max]) expect(read(flag, String(inside))).toMatchObject({ [flag.slice(2)]: inside });
    for (const outside of [min - 1, max + 1, '1.5', '', 'x', '1e1', -1])
      expect(() => read(flag, String(outside))).toThrow('whole number');
  });

  it.each([['nonsense'], ['accept', 'nonsense'], ['--nonsense']])('refuses %s', (...argv) => {
    expect(() => read(...argv)).toThrow();
  });
});
