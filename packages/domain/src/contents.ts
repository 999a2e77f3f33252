import { repeatedKey } from './repeated-key.js';
import { refuse } from './reasons.js';
import { ok, refused, type Result } from './result.js';
import type { Template } from './template.js';

/**
 * Reads the API's `contents` against a template: an array of objects, one object, or a JSON string of either;
 * keys all positional (`p1`… = the N-th distinct placeholder) or all placeholder names; values strings or finite
 * numbers. Returns a value for each placeholder name, or why it cannot.
 */
export function readContents(contents: unknown, template: Template): Result<ReadonlyMap<string, string>> {
  const fields = collect(contents);
  if (!fields.ok) return fields;
  const given = fields.value;
  const names = template.names;
  const positions = names.map((_, index) => `p${index + 1}`);
  if (sameSet(given, names)) return ok(given);
  if (sameSet(given, positions)) {
    return ok(new Map(names.map((name, index) => [name, given.get(`p${index + 1}`) ?? ''])));
  }
  return refused(refuse('invalid_contents', explain([...given.keys()], names, positions)));
}

/** All keys of all objects, each once. */
function collect(contents: unknown): Result<Map<string, string>> {
  const parsed = typeof contents === 'string' ? parseText(contents) : ok(contents);
  if (!parsed.ok) return parsed;
  const objects: unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  const fields = new Map<string, string>();
  for (const object of objects) {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      return refused(refuse('invalid_contents', 'contents must be an object or an array of objects.'));
    }
    for (const [key, value] of Object.entries(object as Record<string, unknown>)) {
      if (fields.has(key)) return refused(refuse('repeated_key', 'contents has the same key twice.'));
      const text = valueText(value);
      if (text === undefined) {
        return refused(
          refuse(
            'invalid_contents',
            'Every value of contents must be a string or a number; send large numbers as strings.',
          ),
        );
      }
      fields.set(key, text);
    }
  }
  return ok(fields);
}

function parseText(text: string): Result<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (repeatedKey(text, value)) return refused(refuse('repeated_key', 'contents has the same key twice.'));
    return ok(value);
  } catch {
    return refused(refuse('invalid_contents', 'contents is a string, but not JSON.'));
  }
}

function valueText(value: unknown): string | undefined {
  if (typeof value === 'number') return isExact(value) ? String(value) : undefined;
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : undefined;
}

const sameSet = (given: ReadonlyMap<string, string>, wanted: readonly string[]): boolean =>
  given.size === wanted.length && wanted.every((key) => given.has(key));

/** Names the keys, never the values: a value may be a code. */
function explain(given: string[], names: readonly string[], positions: readonly string[]): string {
  if (names.length === 0) return 'The template has no placeholders; contents must be empty.';
  const wanted = given.some((key) => names.includes(key)) ? names : positions;
  const missing = wanted.filter((key) => !given.includes(key));
  const extra = given.length - given.filter((key) => wanted.includes(key)).length;
  const parts = [
    missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
    extra > 0 ? `${extra} not of the template` : '',
  ].filter(Boolean);
  return `contents must have ${positions.join(', ')} or ${names.join(', ')} (${parts.join('; ')}).`;
}

/** JSON.parse has changed an integer beyond 2^53 already: it would be a code that nobody sent. */
const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
