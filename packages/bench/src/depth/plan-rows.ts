/** The rows of one statement, spread evenly over a time span. */
export interface RowSpan {
  /** Unix milliseconds; `to` is excluded. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 7;
/** Small enough that a stop is quick and no statement needs much memory. */
const ROWS_A_STATEMENT = 500_000;

/** Spreads history evenly over the last whole UTC days, oldest first, as the rows would have come. */
export function historySpans(rows: number, now: number): RowSpan[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return Array.from({ length: HISTORY_DAYS }, (_, day) => day).flatMap((day) => {
    const from = today - (HISTORY_DAYS - day) * DAY_MS;
    const before = Math.floor((rows * day) / HISTORY_DAYS);
    const share = Math.floor((rows * (day + 1)) / HISTORY_DAYS) - before;
    return inStatements({ from, to: from + DAY_MS, rows: share });
  });
}

function inStatements({ from, to, rows }: RowSpan): RowSpan[] {
  const count = Math.ceil(rows / ROWS_A_STATEMENT);
  const at = (start: number, end: number, part: number): number => Math.floor(start + ((end - start) * part) / count);
  return Array.from({ length: count }, (_, part) => ({
    ...{ from: at(from, to, part), to: at(from, to, part + 1) },
    rows: at(0, rows, part + 1) - at(0, rows, part),
  }));
}
