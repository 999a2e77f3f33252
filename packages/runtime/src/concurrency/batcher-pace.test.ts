import { waitFor } from '../wait-for.js';
import { describe, expect, it } from '@jest/globals';
import { controlled, range, sizes, turn } from '../../test/controlled-batcher.js';

const FOREVER_MS = 60_000;

describe('a run beside another', () => {
  it.each([
    [9, [1]],
    [10, [1, 10]],
    [11, [1, 11]],
  ])('begins for %d items when 10 are worth it', async (count, expected) => {
    const { batcher, runs } = controlled(100, 2, FOREVER_MS, { minExtraBatch: 10, lingerMs: 0 });
    const first = batcher.submit(0);
    await turn();
    const rest = range(1, 1 + count).map((n) => batcher.submit(n));
    await turn();
    expect(sizes(runs)).toEqual(expected);
    runs.forEach(({ end }) => end());
    await first;
    await turn();
    runs.at(-1)?.end();
    expect(await Promise.all(rest)).toEqual(range(1, 1 + count).map(String));
  });

  it('counts the items of groups, not the groups', async () => {
    const { batcher, runs } = controlled(100, 2, FOREVER_MS, { minExtraBatch: 10, lingerMs: 0 });
    const all = [batcher.submit(0)];
    await turn();
    const group = batcher.submitAll(range(1, 11));
    await turn();
    expect(sizes(runs)).toEqual([1, 10]);
    runs.forEach(({ end }) => end());
    await Promise.all([...all, group]);
    await batcher.idle();
  });
});

describe('a run that follows on another', () => {
  it('waits for those whom that one has answered', async () => {
    const { batcher, runs } = controlled(100, 1, FOREVER_MS, { minExtraBatch: 10, lingerMs: 20 });
    const first = batcher.submit(0);
    await turn();
    const second = batcher.submit(1);
    runs[0]?.end();
    await first;
    const third = batcher.submit(2);
    await turn();
    expect(sizes(runs)).toEqual([1]);
    await waitFor(() => runs.length === 2);
    expect(sizes(runs)).toEqual([1, 2]);
    runs[1]?.end();
    expect(await Promise.all([second, third])).toEqual(['1', '2']);
    await batcher.idle();
  });

  it('waits no longer than until it is worth it', async () => {
    const { batcher, runs } = controlled(100, 1, FOREVER_MS, { minExtraBatch: 10, lingerMs: FOREVER_MS });
    const first = batcher.submit(0);
    await turn();
    const rest = [batcher.submit(1)];
    runs[0]?.end();
    await first;
    rest.push(...range(2, 10).map((n) => batcher.submit(n)));
    await turn();
    expect(sizes(runs)).toEqual([1]);
    rest.push(batcher.submit(10));
    await turn();
    expect(sizes(runs)).toEqual([1, 10]);
    runs[1]?.end();
    expect(await Promise.all(rest)).toHaveLength(10);
    await batcher.idle();
  });

  it('does not wait where nobody was answered: an idle system sends at once', async () => {
    const { batcher, runs } = controlled(100, 1, FOREVER_MS, { minExtraBatch: 10, lingerMs: FOREVER_MS });
    for (const n of range(0, 3)) {
      const one = batcher.submit(n);
      await turn();
      runs[n]?.end();
      expect(await one).toBe(String(n));
      await turn();
    }
    expect(sizes(runs)).toEqual([1, 1, 1]);
  });
});
