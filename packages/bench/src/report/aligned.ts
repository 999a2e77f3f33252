/** Formats a table with names on the left and numbers on the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

/** Formats a number as a cell; a dash for null. */
export const number = (value: number | null, digits: number): string => (value === null ? '-' : value.toFixed(digits));
