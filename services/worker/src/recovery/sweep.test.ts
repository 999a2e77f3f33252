import { describe, expect, it } from '@jest/globals';
import { createSweep, inBatches, type SweepTask } from './sweep.js';

/** A task that finds these many in its batches, one after the other, and none after that. */
function task(name: string, batches: readonly number[]): SweepTask & { runs(): number } {
  let runs = 0;
  return { name, run: inBatches(10, () => Promise.resolve(batches[runs++] ?? 0)), runs: () => runs };
}

async function sweep(tasks: readonly SweepTask[]) {
  const swept: [string, number][] = [];
  const errors: [string, unknown][] = [];
  await createSweep({
    tasks,
    onSwept: (name, count) => swept.push([name, count]),
    onError: (name, error) => errors.push([name, error]),
  })();
  return { swept, errors };
}

describe('a sweep', () => {
  it('runs every task, and again while its batches are full', async () => {
    const [quiet, full] = [task('quiet', []), task('full', [10, 10, 3, 10])];
    expect(await sweep([quiet, full])).toEqual({ swept: [['full', 23]], errors: [] });
    expect([quiet.runs(), full.runs()]).toEqual([1, 3]);
  });

  it('leaves a long backlog after ten batches, so that the next task has its turn', async () => {
    const [endless, next] = [task('endless', Array<number>(100).fill(10)), task('next', [1])];
    expect((await sweep([endless, next])).swept).toEqual([
      ['endless', 100],
      ['next', 1],
    ]);
    expect(endless.runs()).toBe(10);
  });

  it('goes on with the next task when one fails', async () => {
    const error = new Error('no database');
    const broken: SweepTask = { name: 'broken', run: () => Promise.reject(error) };
    const next = task('next', [2]);
    expect(await sweep([broken, next])).toEqual({ swept: [['next', 2]], errors: [['broken', error]] });
  });
});
