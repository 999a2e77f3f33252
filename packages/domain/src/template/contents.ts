import { hasDuplicateKeys } from '../text/duplicate-keys.js';
import { scanJson } from '../text/scan-json.js';
import { refuse, type Refusal } from '../errors/reasons.js';
import { ok, refused, type Result } from '../errors/result.js';
import { DEFAULT_RULE, describeRule, fitsRule } from './placeholder-rule.js';
import type { Template } from './template.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Parses the API's `contents`: an array of objects, one object, or a JSON string of either. All keys are positions (`p1`
 * is the first distinct placeholder), or all are names. Values are strings or finite numbers. Returns one value for each
 * of the template's names, in their order, or a refusal.
 */
export function parseContents(contents: unknown, template: Template): Result<readonly string[]> {
  const parsed = typeof contents === 'string' ? parseText(contents, template) : ok(contents);
  if (!parsed.ok) return parsed;
  const objects: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
  const [byName, byPosition] = template.keys;
  const values = fill(objects, byName) ?? fill(objects, byPosition);
  if (!values) return refused(problem(objects, template));
  for (let place = 0; place < values.length; place++)
    if (!fitsRule(values[place] ?? '', template.rules[place] ?? DEFAULT_RULE)) return refused(misfit(template, place));
  return ok(values);
}

/** Names the placeholder and never the value, because a value may be a code. */
const misfit = ({ names, rules }: Template, place: number): Refusal =>
  refuse('invalid_contents', { message: `${names[place]} must be ${describeRule(rules[place] ?? DEFAULT_RULE)}.` });

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts each value in its key's place. Returns undefined when a key is missing, repeated or unknown. */
function fill(objects: readonly unknown[], keys: ReadonlyMap<string, number>): string[] | undefined {
  const values: string[] = [];
  for (const object of objects) {
    if (!isFields(object)) return undefined;
    for (const key of Object.keys(object)) {
      const place = keys.get(key);
      const text = valueText(object[key]);
      if (place === undefined || text === undefined || values[place] !== undefined) return undefined;
      values[place] = text;
    }
  }
  for (let place = 0; place < keys.size; place++) if (values[place] === undefined) return undefined;
  return values;
}

/** Returns the first problem of these objects. */
function problem(objects: readonly unknown[], { names, keys }: Template): Refusal {
  const given = new Set<string>();
  for (const object of objects) {
    if (!isFields(object))
      return refuse('invalid_contents', { message: 'contents must be an object or an array of objects.' });
    for (const [key, value] of Object.entries(object)) {
      if (given.has(key)) return refuse('repeated_key', { message: 'contents has the same key twice.' });
      if (valueText(value) === undefined)
        return refuse('invalid_contents', { message: typeof value === 'string' ? CHARACTERS : VALUES });
      given.add(key);
    }
  }
  return refuse('invalid_contents', { message: explain([...given], names, [...keys[1].keys()]) });
}

const COMPLEX = 'contents is a JSON string that is nested deeper, or has more values, than the template takes.';
const VALUES = 'Every value of contents must be a string or a number; send large numbers as strings.';
const CHARACTERS = 'A value of contents has a character that no text message can: U+0000, or half of a surrogate pair.';

/** Values of a text beyond those that the template takes: enough for the usual mistakes to be named. */
const SPARE_VALUES = 16;

function parseText(text: string, { names }: Template): Result<unknown> {
  // An object of its own for each placeholder has two values each: the object and what is in it.
  const keys = scanJson(Buffer.from(text), 2 * names.length + SPARE_VALUES);
  if (typeof keys === 'string') return refused(refuse('invalid_contents', { message: COMPLEX }));
  try {
    const value: unknown = JSON.parse(text);
    if (hasDuplicateKeys(keys, value))
      return refused(refuse('repeated_key', { message: 'contents has the same key twice.' }));
    return ok(value);
  } catch {
    return refused(refuse('invalid_contents', { message: 'contents is a string, but not JSON.' }));
  }
}

function valueText(value: unknown): string | undefined {
  if (typeof value === 'number') return isExact(value) ? String(value) : undefined;
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : undefined;
}

/** The sentence names keys and never values, because a value may be a code. */
function explain(given: string[], names: readonly string[], positions: readonly string[]): string {
  if (names.length === 0) return 'The template has no placeholders; contents must be empty.';
  const wanted = given.some((key) => names.includes(key)) ? names : positions;
  const missing = wanted.filter((key) => !given.includes(key));
  const extra = given.length - given.filter((key) => wanted.includes(key)).length;
  const parts = [
    missing.length > 0 ? `missing: ${list(missing)}` : '',
    extra > 0 ? `${extra} not of the template` : '',
  ].filter(Boolean);
  return `contents must have ${list(positions)} or ${list(names)} (${parts.join('; ')}).`;
}

/** Names in one sentence: a refusal stays short, whatever the template is. */
const MAX_LISTED = 10;

const list = (names: readonly string[]): string =>
  names.length > MAX_LISTED
    ? `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`
    : names.join(', ');

/** JSON.parse rounds integers beyond 2^53, so they would become a code that nobody sent. */
const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
