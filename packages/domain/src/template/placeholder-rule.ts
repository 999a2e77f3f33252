/**
 * The values that a placeholder takes. `text`: no control and no bidi characters. `lines`: the same, and line feeds. `any`: every
 * character that a text message can have.
 */
export type PlaceholderKind = 'digits' | 'text' | 'lines' | 'any';

export interface PlaceholderRule {
  readonly kind: PlaceholderKind;
  /** UTF-16 units. */
  readonly minLength: number;
  readonly maxLength: number;
}

/** Holds for a placeholder that has no rule of its own. The number of segments bounds its length. */
export const DEFAULT_RULE: PlaceholderRule = { kind: 'text', minLength: 0, maxLength: Infinity };

const RULE = /^(digits|text|lines|any)(?:\{(?:(\d{1,4}),)?(\d{1,4})\})?$/;

/** Parses `digits`, `digits{6}` (six at most) or `digits{4,8}`, and so for the other kinds. Undefined when it is none of these. */
export function parsePlaceholderRule(text: string): PlaceholderRule | undefined {
  const [, kind, min, max] = RULE.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const minLength = Number(min ?? 0);
  const maxLength = max === undefined ? Infinity : Number(max);
  return minLength <= maxLength ? { kind: kind as PlaceholderKind, minLength, maxLength } : undefined;
}

/**
 * Control characters (C0, DEL, C1: also ESC, tab and line breaks), the line and paragraph separators, and what changes
 * the direction of text (Unicode 17, UAX 9, section 2). They make a text look like another one.
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${UNSAFE.source}`, 'u');
const DIGITS = /^[0-9]*$/;

/** Whether a text, apart from its line feeds, has control or bidi characters. */
export const hasUnsafeCharacters = (text: string): boolean => UNSAFE_IN_LINES.test(text);

export function fitsRule(value: string, { kind, minLength, maxLength }: PlaceholderRule): boolean {
  if (value.length < minLength || value.length > maxLength) return false;
  switch (kind) {
    case 'digits':
      return DIGITS.test(value);
    case 'text':
      return !UNSAFE.test(value);
    case 'lines':
      return !hasUnsafeCharacters(value);
    case 'any':
      return true;
  }
}

/** Returns the rule in words, as the end of a sentence. */
export function describeRule({ kind, minLength, maxLength }: PlaceholderRule): string {
  const what = {
    digits: 'digits 0-9',
    text: 'text without control and bidi characters',
    lines: 'lines of text without control and bidi characters',
    any: 'any text',
  }[kind];
  const most = maxLength === Infinity ? '' : ` and at most ${maxLength}`;
  return minLength === 0 && most === '' ? what : `${what}, at least ${minLength}${most} characters`;
}
