import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { depthPoints } from './depth/depth-points.js';
import { readCommand } from './read-command.js';
import { SCENARIO_NAMES } from './scenarios/scenario.js';

// Commander prints its errors.
beforeEach(() => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('readCommand', () => {
  it('runs everything when told nothing', () => {
    expect(readCommand([])).toMatchObject({
      options: { scenarios: SCENARIO_NAMES, seconds: 5, rounds: 3, ingresses: 1, workers: 1, latencyRate: 'half' },
      errorCode: 1,
    });
  });

  it.each([
    [['query', 'accept', 'query', '--rate', '9'], { scenarios: ['accept', 'query'], latencyRate: 9 }, 1],
    [['guard'], { seconds: 1, rounds: 2, write: false }, 2],
    [['guard', '--seconds', '4', '--rounds', '5', '--write'], { seconds: 4, rounds: 5, write: true }, 2],
    [['sizing', '--rounds', '4'], { seconds: 5, rounds: 4 }, 1],
    [['depth', '--waiting', '0,9', '--history', '0', '--rounds', '2'], { depths: depthPoints([9], []), rounds: 2 }, 1],
  ])('takes %j', (argv, options, errorCode) => {
    expect(readCommand(argv)).toMatchObject({ options, errorCode });
  });

  it.each([
    ['--seconds', 1, 600],
    ['--rounds', 1, 100],
    ['--ingresses', 1, 16],
    ['--workers', 1, 16],
  ])('%s takes %d to %d', (flag, min, max) => {
    for (const inside of [min, max]) readCommand([flag, String(inside)]);
    for (const outside of [min - 1, max + 1, '1.5', '', 'x', '1e1'])
      expect(() => readCommand([flag, String(outside)])).toThrow('whole number');
  });

  it.each([
    ['nonsense'],
    ['--nonsense'],
    ['accept', 'nonsense'],
    ['guard', '--seconds', '0'],
    ['guard', '--nonsense'],
    ['sizing', '--rounds', '101'],
    ['depth', '--messages', '90001'],
    ['depth', '--waiting', '10000001'],
    ['depth', '--waiting', '1,,2'],
    ['depth', '--waiting', '1, 2'],
    ['depth', '--history', ''],
    ['depth', '--history', '-1'],
  ])('refuses %s %s %s', (...argv) => {
    expect(() => readCommand(argv)).toThrow();
  });
});
