import { describe, expect, it } from '@jest/globals';
import { createBatcher, WaitedTooLongError } from './batcher.js';
import { controlled, range, sizes, turn } from '../../test/controlled-batcher.js';

describe('createBatcher', () => {
  it('sends one at once when idle', async () => {
    const { batcher, runs } = controlled(10, 1);
    const result = batcher.submit(7);
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([[7]]);
    runs[0]?.end();
    expect(await result).toBe('7');
  });

  it('puts what arrives in one turn into one run', async () => {
    const { batcher, runs } = controlled(10, 2);
    const results = range(0, 5).map((n) => batcher.submit(n));
    await turn();
    expect(sizes(runs)).toEqual([5]);
    runs[0]?.end();
    expect(await Promise.all(results)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('gathers while busy, and goes on when a run ends', async () => {
    const { batcher, runs } = controlled(100, 1);
    const first = batcher.submit(0);
    await turn();
    const rest: Promise<string>[] = [];
    for (const n of range(1, 30)) {
      rest.push(batcher.submit(n));
      if (n % 7 === 0) await turn();
    }
    await turn();
    expect(sizes(runs)).toEqual([1]);
    runs[0]?.end();
    await first;
    await turn();
    expect(sizes(runs)).toEqual([1, 29]);
    runs[1]?.end();
    expect(await Promise.all(rest)).toEqual(range(1, 30).map(String));
  });

  it.each([
    [9, [9]],
    [10, [10]],
    [11, [10, 1]],
    [20, [10, 10]],
    [21, [10, 10, 1]],
  ])('cuts %d items into runs of 10 at most', async (count, expected) => {
    const { batcher, runs } = controlled(10, 5);
    const results = range(0, count).map((n) => batcher.submit(n));
    await turn();
    expect(sizes(runs)).toEqual(expected);
    expect(runs.flatMap(({ items }) => items)).toEqual(range(0, count));
    // Ends in another order than begun: each still gets its own.
    for (const run of [...runs].reverse()) run.end();
    expect(await Promise.all(results)).toEqual(range(0, count).map(String));
  });

  it('has no more than maxConcurrentRuns runs in flight', async () => {
    const { batcher, runs } = controlled(1, 3);
    const results = range(0, 5).map((n) => batcher.submit(n));
    await turn();
    expect(runs).toHaveLength(3);
    runs[1]?.end();
    await results[1];
    await turn();
    expect(runs).toHaveLength(4);
    runs.forEach((run) => run.end());
    await turn();
    expect(runs).toHaveLength(5);
    runs[4]?.end();
    expect(await Promise.all(results)).toEqual(range(0, 5).map(String));
  });

  it('starts a second run beside one in flight, while there is room', async () => {
    const { batcher, runs } = controlled(10, 2);
    const first = batcher.submit(1);
    await turn();
    const second = batcher.submit(2);
    await turn();
    expect(sizes(runs)).toEqual([1, 1]);
    runs.forEach((run) => run.end());
    await Promise.all([first, second]);
  });

  it('gives a rejection to every item of the run, and to no other', async () => {
    const { batcher, runs } = controlled(2, 1);
    const results = range(0, 4).map((n) => batcher.submit(n));
    const settled = Promise.allSettled(results);
    await turn();
    const error = new Error('database gone');
    runs[0]?.fail(error);
    await Promise.allSettled(results.slice(0, 2));
    await turn();
    runs[1]?.end();
    expect(await settled).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: '2' },
      { status: 'fulfilled', value: '3' },
    ]);
  });

  it('takes a throw for a rejection', async () => {
    const batcher = createBatcher<number, string>({
      maxWaitMs: 60_000,
      maxBatch: 2,
      maxConcurrentRuns: 1,
      minExtraBatch: 1,
      lingerMs: 0,
      run: () => {
        throw new Error('at once');
      },
    });
    await expect(batcher.submit(1)).rejects.toThrow('at once');
    await expect(batcher.submit(2)).rejects.toThrow('at once');
    await batcher.idle();
  });

  it.each([[[]], [['0']], [['0', '1', '2']]])('rejects all when a run of two gives %j', async (given) => {
    const { batcher, runs } = controlled(10, 1);
    const settled = Promise.allSettled([batcher.submit(0), batcher.submit(1)]);
    await turn();
    runs[0]?.end(given);
    for (const result of await settled) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: 'a batch must give one result for each item' },
      });
    }
  });

  describe('an item that waits', () => {
    it('is rejected after maxWaitMs while a run hangs, is never run, and leaves the run alone', async () => {
      const { batcher, runs } = controlled(1, 1, 20);
      const running = batcher.submit(0);
      await turn();
      const waited = performance.now();
      await expect(batcher.submit(1)).rejects.toThrow(WaitedTooLongError);
      expect(performance.now() - waited).toBeGreaterThanOrEqual(19);
      runs[0]?.end();
      expect(await running).toBe('0');
      await batcher.idle();
      expect(sizes(runs)).toEqual([1]);
    });

    it('is rejected also when it was submitted together with the item that hangs', async () => {
      const { batcher, runs } = controlled(1, 1, 20);
      const [running, waiting] = [batcher.submit(0), batcher.submit(1)];
      await expect(waiting).rejects.toThrow(WaitedTooLongError);
      runs[0]?.end();
      expect(await running).toBe('0');
      expect(sizes(runs)).toEqual([1]);
    });

    it('is run when its turn comes before that', async () => {
      const { batcher, runs } = controlled(1, 1, 5_000);
      const both = [batcher.submit(0), batcher.submit(1)];
      await turn();
      runs[0]?.end();
      await turn();
      runs[1]?.end();
      expect(await Promise.all(both)).toEqual(['0', '1']);
    });
  });

  describe('idle', () => {
    it('is at once when nothing waits', async () => {
      await controlled(1, 1).batcher.idle();
    });

    it('waits for what waits and for what runs, also after a rejection', async () => {
      const { batcher, runs } = controlled(1, 1);
      const settled = Promise.allSettled([batcher.submit(0), batcher.submit(1)]);
      let idle = 0;
      const both = [batcher.idle().then(() => idle++), batcher.idle().then(() => idle++)];
      await turn();
      expect(idle).toBe(0);
      runs[0]?.fail(new Error('x'));
      await turn();
      expect([runs.length, idle]).toEqual([2, 0]);
      runs[1]?.end();
      await Promise.all([settled, ...both]);
      expect(idle).toBe(2);
      await batcher.idle();
    });
  });
});
