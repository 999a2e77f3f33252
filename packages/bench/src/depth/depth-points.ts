/** Rows in the table before anything is measured. */
export interface Depth {
  readonly waiting: number;
  readonly history: number;
}

const EMPTY: Depth = { waiting: 0, history: 0 };

/**
 * Begins with the empty table, to which the others are compared. Then comes each number alone, in rising order. The empty
 * table at the end shows what difference the machine alone makes.
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
