import { isUtf8 } from 'node:buffer';
import { refuse } from '@ardor/domain/errors/reasons';
import { hasDuplicateKeys } from '@ardor/domain/text/duplicate-keys';
import { ok, refused, type Result } from '@ardor/domain/errors/result';

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i;
const BYTE_ORDER_MARK = '\ufeff';

/** Reads a body that must be one JSON object in UTF-8, with each key once. */
export function parseJson(contentType: string | undefined, body: Buffer): Result<Readonly<Record<string, unknown>>> {
  if (contentType !== 'application/json' && !JSON_TYPE.test(contentType ?? ''))
    return refused(refuse('unsupported_media_type'));
  const parsed = parse(body);
  if (!parsed) return refused(refuse('invalid_json'));
  const { text, value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(refuse('invalid_json', { message: 'The body must be a JSON object.' }));
  }
  if (hasDuplicateKeys(text, value)) return refused(refuse('repeated_key'));
  return ok(value as Record<string, unknown>);
}

function parse(body: Buffer): { text: string; value: unknown } | undefined {
  // Buffer's decoder replaces bytes that are not UTF-8 by U+FFFD instead of failing.
  if (!isUtf8(body)) return undefined;
  const read = body.toString('utf8');
  // RFC 8259 §8.1: a parser may ignore the byte order mark.
  const text = read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
