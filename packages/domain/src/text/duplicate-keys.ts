/**
 * Tells whether an object in valid JSON text has the same key twice. JSON.parse keeps the last one and says nothing. So
 * this compares two counts: colons outside strings (keys as written) and keys of the parsed value (keys kept).
 * `value` must be the parsed `text`.
 */
export function hasDuplicateKeys(text: string, value: unknown): boolean {
  const keys = countKeys(value);
  // Every key has a colon. When all colons together equal the keys, no string contains one, and no key was lost.
  return countAll(text, ':') !== keys && countColons(text) !== keys;
}

/** Counts occurrences, also inside strings. */
function countAll(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count++;
  return count;
}

function countColons(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3a) colons++;
    else if (code === 0x22) at = endOfString(text, at);
  }
  return colons;
}

/** Returns the index of the quote that closes the string opened at `open`. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}

/** Uses a list instead of recursion, because a deeply nested body would exhaust the stack. */
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
