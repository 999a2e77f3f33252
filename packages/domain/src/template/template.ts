/**
 * A template's text with `${name}` placeholders, parsed once.
 * `parts` are the literals around the placeholders: literal, name, literal, name, …, literal.
 */
export interface Template {
  readonly parts: readonly string[];
  /** Distinct placeholder names by first appearance; `p1` fills the first of them. */
  readonly names: readonly string[];
  /** Of each placeholder, which of the names it is, from 0. */
  readonly places: readonly number[];
  /** The two writings of parameters: which of the names a key means. */
  readonly keys: readonly [byName: ReadonlyMap<string, number>, byPosition: ReadonlyMap<string, number>];
}

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]{0,31})\}/;
const POSITIONAL = /^p([1-9][0-9]{0,2})$/;

/** Parses a template's body. Text that only looks like a placeholder stays literal; `templateProblem` tells of it. */
export function parseTemplate(body: string): Template {
  const parts = body.split(PLACEHOLDER);
  const placeholders = parts.filter((_, index) => index % 2 === 1);
  const names = [...new Set(placeholders)];
  const byName = new Map(names.map((name, index) => [name, index]));
  const byPosition = new Map(names.map((_, index) => [`p${index + 1}`, index]));
  return { parts, names, places: placeholders.map((name) => names.indexOf(name)), keys: [byName, byPosition] };
}

/**
 * Says what is wrong with a template's body, or undefined. A placeholder called p2 that is not the second one is
 * refused: `{"p2": …}` would mean two things.
 */
export function templateProblem(body: string): string | undefined {
  if (body.trim() === '') return 'the body is empty';
  if (!body.isWellFormed() || body.includes('\0')) return 'the body has characters that no text message can carry';
  const { parts, names } = parseTemplate(body);
  if (parts.some((part, index) => index % 2 === 0 && part.includes('${'))) {
    return 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most';
  }
  const misplaced = names.find((name, index) => POSITIONAL.test(name) && name !== `p${index + 1}`);
  return misplaced ? `placeholder ${misplaced} stands in another place than its name says` : undefined;
}

/** Puts the values of the names in, literally and once: a value that looks like a placeholder stays as it is. */
export function renderTemplate({ parts, places }: Template, values: readonly string[]): string {
  let text = parts[0] ?? '';
  for (let index = 0; index < places.length; index++)
    text += (values[places[index] ?? 0] ?? '') + (parts[2 * index + 2] ?? '');
  return text;
}
