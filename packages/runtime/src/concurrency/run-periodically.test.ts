import { describe, expect, it } from '@jest/globals';
import { runPeriodically } from './run-periodically.js';
import { waitFor } from '../wait-for.js';

describe('repeat', () => {
  it('runs at once, again and again, never twice at a time', async () => {
    let [runs, running, most] = [0, 0, 0];
    const task = async (): Promise<void> => {
      running++;
      most = Math.max(most, running);
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 3));
      running--;
    };
    const loop = runPeriodically(task, 0, () => undefined);
    expect(runs).toBe(1);
    await waitFor(() => runs >= 10);
    await loop.stop();
    expect(most).toBe(1);
  });

  it('begins later where it is told to, or never', async () => {
    let runs = 0;
    const count = (): Promise<number> => Promise.resolve(++runs);
    const startedAt = performance.now();
    const loop = runPeriodically(count, 1, () => undefined, 30);
    const stopped = runPeriodically(count, 1, () => undefined, 1);
    await stopped.stop();
    await waitFor(() => runs > 0);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
    await loop.stop();
  });

  it('tells of an error, rejected or thrown, and goes on', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const task = (): Promise<void> => {
      runs++;
      if (runs % 2 === 0) throw new Error(`thrown ${runs}`);
      return Promise.reject(new Error(`rejected ${runs}`));
    };
    const loop = runPeriodically(task, 1, (error) => errors.push(error));
    await waitFor(() => errors.length >= 4);
    await loop.stop();
    expect(errors.slice(0, 4).map((error) => (error as Error).message)).toEqual([
      'rejected 1',
      'thrown 2',
      'rejected 3',
      'thrown 4',
    ]);
  });

  it('stops only after the run in flight, and runs no more', async () => {
    let [runs, ended] = [0, 0];
    let end = (): void => undefined;
    const task = (): Promise<void> => {
      runs++;
      return new Promise<void>((resolve) => (end = resolve)).then(() => {
        ended++;
      });
    };
    const loop = runPeriodically(task, 0, () => undefined);
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect([runs, ended, stopped]).toEqual([1, 0, false]);
    end();
    await stopping;
    expect(ended).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(runs).toBe(1);
  });

  it('stops at once between two runs', async () => {
    let runs = 0;
    const loop = runPeriodically(
      () => Promise.resolve(runs++),
      60_000,
      () => undefined,
    );
    await waitFor(() => runs === 1);
    await new Promise(setImmediate);
    await loop.stop();
    await loop.stop();
    expect(runs).toBe(1);
  });
});
