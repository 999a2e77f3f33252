/** Levels of objects and arrays in one JSON text. The deepest body of the API, a batch, has 5. */
export const MAX_JSON_DEPTH = 8;

/** Why a JSON text is not parsed. */
export type JsonProblem = 'too_deep' | 'too_many_values';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads JSON text (UTF-8 bytes) once before JSON.parse, whose time depends on the depth and on the number of values, not on the length.
 * Returns the number of keys as written, or why the text must not be parsed.
 *
 * `maxValues` bounds commas and opening brackets outside strings together. Each value but the first has one before it, so this bounds keys
 * and elements, too. The text may be no JSON at all: then the count means nothing, and JSON.parse refuses the text.
 */
export function scanJson(text: Uint8Array, maxValues: number): number | JsonProblem {
  let [depth, values, keys] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text[at] ?? 0) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case COLON:
        keys++;
        break;
      case COMMA:
        if (++values > maxValues) return 'too_many_values';
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (++depth > MAX_JSON_DEPTH) return 'too_deep';
        if (++values > maxValues) return 'too_many_values';
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        depth--;
        break;
      default:
    }
  }
  return keys;
}

/** Returns the index of the quote that closes the string opened at `open`. */
function endOfString(text: Uint8Array, open: number): number {
  let at = open + 1;
  for (; at < text.length; at++) {
    const byte = text[at];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) at++;
  }
  return at;
}
