import { isUtf8 } from 'node:buffer';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { hasDuplicateKeys } from '@ardor/domain/text/duplicate-keys';
import { MAX_JSON_DEPTH, scanJson, type JsonProblem } from '@ardor/domain/text/scan-json';

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i;
const BYTE_ORDER_MARK = '\ufeff';

/** Reads a body that must be one JSON object in UTF-8, with each key once. What would take long to parse is refused before. */
export function parseJson(
  contentType: string | undefined,
  body: Buffer,
  maxValues: number,
): Result<Readonly<Record<string, unknown>>> {
  if (contentType !== 'application/json' && !JSON_TYPE.test(contentType ?? ''))
    return refused(refuse('unsupported_media_type'));
  const keys = scanJson(body, maxValues);
  if (typeof keys === 'string') return refused(refuse('json_too_complex', { message: explain(keys, maxValues) }));
  const value = parse(body);
  if (value === undefined) return refused(refuse('invalid_json'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(refuse('invalid_json', { message: 'The body must be a JSON object.' }));
  }
  if (hasDuplicateKeys(keys, value)) return refused(refuse('repeated_key'));
  return ok(value as Record<string, unknown>);
}

const explain = (problem: JsonProblem, maxValues: number): string =>
  problem === 'too_deep'
    ? `The JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`
    : `The JSON has more than ${maxValues} commas and opening brackets outside strings; send less in one request.`;

/** Undefined where the body is not JSON. */
function parse(body: Buffer): unknown {
  // Buffer's decoder replaces bytes that are not UTF-8 by U+FFFD instead of failing.
  if (!isUtf8(body)) return undefined;
  const read = body.toString('utf8');
  // RFC 8259 §8.1: a parser may ignore the byte order mark.
  const text = read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
