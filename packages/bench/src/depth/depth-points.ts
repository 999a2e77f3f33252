/** What is in the table before anything is measured. */
export interface Depth {
  readonly waiting: number;
  readonly history: number;
}

const EMPTY: Depth = { waiting: 0, history: 0 };

/**
 * The empty table first, which is what the others are compared with; then each number by itself, rising; then the empty
 * one once more, which tells what the machine alone makes of a difference.
 */
export function depthPoints(waiting: readonly number[], history: readonly number[]): Depth[] {
  const rising = (numbers: readonly number[]): number[] =>
    [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
  return [
    EMPTY,
    ...rising(waiting).map((number) => ({ ...EMPTY, waiting: number })),
    ...rising(history).map((number) => ({ ...EMPTY, history: number })),
    EMPTY,
  ];
}
