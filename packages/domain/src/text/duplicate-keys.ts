/**
 * Tells whether an object in valid JSON text has the same key twice. JSON.parse keeps the last one and says nothing. So
 * this compares the number of keys as written (`scanJson` counts them) with the number of keys of the parsed value.
 */
export const hasDuplicateKeys = (keysWritten: number, value: unknown): boolean => countKeys(value) !== keysWritten;

function countKeys(root: unknown): number {
  let keys = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    const children: unknown[] = Object.values(value);
    if (!Array.isArray(value)) keys += children.length;
    for (const child of children) pending.push(child);
  }
  return keys;
}
