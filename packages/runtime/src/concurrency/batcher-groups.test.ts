import { describe, expect, it } from '@jest/globals';
import { WaitedTooLongError } from './batcher.js';
import { controlled, range, sizes, turn } from '../../test/controlled-batcher.js';

const texts = (from: number, to: number): string[] => range(from, to).map(String);

describe('items that belong together', () => {
  it('are one run, and get their results in order', async () => {
    const { batcher, runs } = controlled(10, 1);
    const results = batcher.submitAll(range(0, 5));
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([range(0, 5)]);
    runs[0]?.end();
    expect(await results).toEqual(texts(0, 5));
  });

  it('share a run with others, and each gets its own', async () => {
    const { batcher, runs } = controlled(10, 1);
    const results = [
      batcher.submit(0),
      batcher.submitAll(range(1, 4)),
      batcher.submit(4),
      batcher.submitAll(range(5, 9)),
      batcher.submit(9),
    ];
    await turn();
    expect(runs.map(({ items }) => items)).toEqual([range(0, 10)]);
    runs[0]?.end();
    expect(await Promise.all(results)).toEqual(['0', texts(1, 4), '4', texts(5, 9), '9']);
  });

  it('are never torn: a group that does not fit goes into the next run, and nobody overtakes it', async () => {
    const { batcher, runs } = controlled(10, 1);
    const results = [
      batcher.submitAll(range(0, 6)),
      batcher.submitAll(range(6, 11)),
      batcher.submit(11),
      batcher.submitAll(range(12, 16)),
      batcher.submit(16),
    ];
    await turn();
    runs[0]?.end();
    await turn();
    runs[1]?.end();
    await turn();
    runs[2]?.end();
    expect(await Promise.all(results)).toEqual([texts(0, 6), texts(6, 11), '11', texts(12, 16), '16']);
    expect(runs.map(({ items }) => items)).toEqual([range(0, 6), range(6, 16), range(16, 17)]);
  });

  it.each([
    [9, [10, 1]],
    [10, [1, 10, 1]],
    [11, [1, 11, 1]],
    [25, [1, 25, 1]],
  ])('may exceed a run’s size, alone: %d among single ones in runs of 10', async (count, expected) => {
    const { batcher, runs } = controlled(10, 5);
    const results = [batcher.submit(-1), batcher.submitAll(range(0, count)), batcher.submit(-2)];
    await turn();
    expect(sizes(runs)).toEqual(expected);
    runs.forEach((run) => run.end());
    expect(await Promise.all(results)).toEqual(['-1', texts(0, count), '-2']);
  });

  it('are rejected together with their run, and with no other', async () => {
    const { batcher, runs } = controlled(3, 1);
    const settled = Promise.allSettled([batcher.submitAll(range(0, 3)), batcher.submitAll(range(3, 6))]);
    await turn();
    const error = new Error('database gone');
    runs[0]?.fail(error);
    await turn();
    runs[1]?.end();
    expect(await settled).toEqual([
      { status: 'rejected', reason: error },
      { status: 'fulfilled', value: texts(3, 6) },
    ]);
  });

  it('are all rejected where a run gives too few results', async () => {
    const { batcher, runs } = controlled(10, 1);
    const settled = Promise.allSettled([batcher.submitAll(range(0, 3)), batcher.submit(3)]);
    await turn();
    runs[0]?.end(texts(0, 3));
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('are dropped together when they have waited too long, and are never run', async () => {
    const { batcher, runs } = controlled(10, 1, 20);
    const running = batcher.submit(0);
    await turn();
    const waiting = await Promise.allSettled([batcher.submitAll(range(1, 20)), batcher.submit(20)]);
    for (const one of waiting)
      expect(one).toMatchObject({ status: 'rejected', reason: expect.any(WaitedTooLongError) });
    runs[0]?.end();
    expect(await running).toBe('0');
    await batcher.idle();
    expect(sizes(runs)).toEqual([1]);
  });
});
