/**
 * Whether valid JSON text has an object with the same key twice. JSON.parse keeps the last of them silently, so a
 * parsed value alone cannot tell: the colons outside strings count the keys as written, the value the keys kept.
 * `text` must be what `value` was parsed from.
 */
export function hasDuplicateKeys(text: string, value: unknown): boolean {
  const keys = countKeys(value);
  // Every key has a colon: where there are no more colons than keys, strings have none either.
  return countAll(text, ':') !== keys && countColons(text) !== keys;
}

/** In strings, too. */
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

/** The index of the quote that closes the string opened at `open`. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}

/** Iterative: a deeply nested body must not exhaust the stack. */
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
