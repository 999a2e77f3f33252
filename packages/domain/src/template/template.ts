import { DEFAULT_RULE, hasUnsafeCharacters, type PlaceholderRule } from './placeholder-rule.js';

/**
 * A parsed template with `${name}` placeholders.
 * `parts` alternates literals and names: literal, name, literal, name, …, literal.
 */
export interface Template {
  readonly parts: readonly string[];
  /** Distinct placeholder names, in order of first appearance. `p1` fills the first. */
  readonly names: readonly string[];
  /** The rule of each name, in their order. */
  readonly rules: readonly PlaceholderRule[];
  /** For each placeholder, the index of its name in `names`. */
  readonly places: readonly number[];
  /** Parameters may be keyed by name or by position. Each map gives the index in `names`. */
  readonly keys: readonly [byName: ReadonlyMap<string, number>, byPosition: ReadonlyMap<string, number>];
}

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]{0,31})\}/;
const POSITIONAL = /^p([1-9][0-9]{0,2})$/;

/**
 * Parses a template's body. A malformed placeholder stays literal; `templateProblem` reports it. `rules`: what placeholders
 * may be, by name; the others have the default rule.
 */
export function parseTemplate(body: string, rules: ReadonlyMap<string, PlaceholderRule> = NO_RULES): Template {
  const parts = body.split(PLACEHOLDER);
  const placeholders = parts.filter((_, index) => index % 2 === 1);
  const names = [...new Set(placeholders)];
  const byName = new Map(names.map((name, index) => [name, index]));
  const byPosition = new Map(names.map((_, index) => [`p${index + 1}`, index]));
  return {
    parts,
    names,
    rules: names.map((name) => rules.get(name) ?? DEFAULT_RULE),
    places: placeholders.map((name) => names.indexOf(name)),
    keys: [byName, byPosition],
  };
}

const NO_RULES: ReadonlyMap<string, PlaceholderRule> = new Map();

/**
 * Returns what is wrong with a template's body, or undefined. A placeholder named p2 must be the second one: otherwise
 * `{"p2": …}` would mean two things.
 */
export function templateProblem(body: string): string | undefined {
  if (body.trim() === '') return 'the body is empty';
  if (!body.isWellFormed() || body.includes('\0')) return 'the body has characters that no text message can carry';
  if (hasUnsafeCharacters(body)) return 'the body has control or bidi characters; only line feeds are allowed';
  const { parts, names } = parseTemplate(body);
  if (parts.some((part, index) => index % 2 === 0 && part.includes('${'))) {
    return 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most';
  }
  const misplaced = names.find((name, index) => POSITIONAL.test(name) && name !== `p${index + 1}`);
  return misplaced ? `placeholder ${misplaced} stands in another place than its name says` : undefined;
}

/** Inserts the values, once and literally. A value that looks like a placeholder is not replaced again. */
export function renderTemplate({ parts, places }: Template, values: readonly string[]): string {
  let text = parts[0] ?? '';
  for (let index = 0; index < places.length; index++)
    text += (values[places[index] ?? 0] ?? '') + (parts[2 * index + 2] ?? '');
  return text;
}
