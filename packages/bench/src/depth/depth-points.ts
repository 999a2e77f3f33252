/** What is in the table before anything is measured. */
export interface Depth {
  readonly waiting: number;
  readonly history: number;
}

/** The empty table first, which is what the others are compared with; then each number by itself, rising. */
export function depthPoints(waiting: readonly number[], history: readonly number[]): Depth[] {
  const rising = (numbers: readonly number[]): number[] =>
    [...new Set(numbers)].filter((number) => number > 0).sort((a, b) => a - b);
  return [
    { waiting: 0, history: 0 },
    ...rising(waiting).map((number) => ({ waiting: number, history: 0 })),
    ...rising(history).map((number) => ({ waiting: 0, history: number })),
  ];
}
