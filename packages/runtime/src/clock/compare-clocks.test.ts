import { describe, expect, it } from '@jest/globals';
import type { LogFields } from '../observability/log-fields.js';
import { createClockComparison } from './compare-clocks.js';

const MAX_SKEW_MS = 5_000;

/** The clocks are ahead of the database's by these, in milliseconds; undefined for a server that was never asked. */
function comparing(skews: { process: number; limiter?: number | undefined }) {
  const lines: string[] = [];
  const observed: Record<string, number> = {};
  const log = (level: string) => (event: string, fields?: LogFields) =>
    void lines.push(`${level} ${event}: ${String(fields?.cause)}`);
  const clock = (skew: () => number | undefined) => ({
    earliest: () => (skew() ?? -Infinity) - 10,
    latest: () => (skew() ?? Infinity) + 10,
  });
  const comparison = createClockComparison({
    database: { name: 'database', host: 'db:5432', clock: clock(() => 0) },
    others: [{ name: 'limiter', host: 'redis:6379', clock: clock(() => skews.limiter) }],
    ownTime: () => skews.process,
    maxSkewMs: MAX_SKEW_MS,
    log: { info: log('info'), warn: log('warn') },
    observe: (name, ms) => {
      observed[name] = ms;
    },
  });
  const problem = (): Promise<string | undefined> =>
    comparison.check().then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  return { comparison, lines, observed, problem };
}

describe('a process', () => {
  it.each([
    [5_010, undefined],
    [5_011, 'the clock of this process is 5001 ms ahead of that of the database (db:5432)'],
    [-5_010, undefined],
    [-5_011, 'the clock of this process is 5001 ms behind that of the database (db:5432)'],
  ])('whose clock differs from all servers’ by %d ms: %s', async (ms, reason) => {
    expect(await comparing({ process: ms, limiter: 0 }).problem()).toBe(reason);
    expect(await comparing({ process: ms }).problem()).toBe(reason);
  });

  it('is ready when the database’s clock is the odd one: no process could do better', async () => {
    const { comparison, lines, problem } = comparing({ process: 150_000, limiter: 150_000 });
    expect(await problem()).toBeUndefined();
    await comparison.compare();
    expect(lines).toEqual([
      'warn clocks differ: the clock of this process is 149990 ms ahead of that of the database (db:5432)',
      'warn clocks differ: the clock of limiter (redis:6379) is 149980 ms ahead of that of the database (db:5432)',
    ]);
  });
});

describe('a difference', () => {
  it('is logged once when it begins and once when it ends, and observed each time', async () => {
    const skews = { process: 0, limiter: -60_000 };
    const { comparison, lines, observed } = comparing(skews);
    await comparison.compare();
    await comparison.compare();
    expect(observed).toEqual({ process: 0, limiter: -59_980 });
    skews.limiter = 5;
    await comparison.compare();
    await comparison.compare();
    expect(observed).toEqual({ process: 0, limiter: 0 });
    expect(lines).toEqual([
      'warn clocks differ: the clock of limiter (redis:6379) is 59980 ms behind that of the database (db:5432)',
      'info clocks agree again: the clock of limiter (redis:6379) agrees with that of the database (db:5432)',
    ]);
  });

  it('is not told of a server that was never asked', async () => {
    const { comparison, lines, observed } = comparing({ process: 3 });
    await comparison.compare();
    expect(lines).toEqual([]);
    expect(observed).toEqual({ process: 0, limiter: 0 });
  });
});
