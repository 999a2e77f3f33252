import { createBatcher, type Batcher, type BatcherOptions } from '../src/concurrency/batcher.js';

interface Run {
  readonly items: readonly number[];
  readonly end: (results?: readonly string[]) => void;
  readonly fail: (error: unknown) => void;
}

/** A batcher whose runs end when the test says so. */
export function controlled(
  maxBatch: number,
  maxConcurrentRuns: number,
  maxWaitMs = 60_000,
  pace: Pick<BatcherOptions<number, string>, 'minExtraBatch' | 'lingerMs'> = { minExtraBatch: 1, lingerMs: 0 },
): { batcher: Batcher<number, string>; runs: Run[] } {
  const runs: Run[] = [];
  const batcher = createBatcher<number, string>({
    maxBatch,
    maxConcurrentRuns,
    maxWaitMs,
    ...pace,
    run: (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, end: (results = items.map(String)) => resolve(results), fail: reject });
      }),
  });
  return { batcher, runs };
}

/** Lets the batcher start what was submitted and report what has ended. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 0)).then(
    () => new Promise<void>((resolve) => void setImmediate(resolve)),
  );
export const sizes = (runs: readonly Run[]): number[] => runs.map(({ items }) => items.length);
export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
