import { refuse } from '@ardor/domain/reasons';
import { repeatedKey } from '@ardor/domain/repeated-key';
import { ok, refused, type Result } from '@ardor/domain/result';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i;

/** The first guard: the body is one JSON object in UTF-8, with each key once. */
export function readJson(contentType: string | undefined, body: Uint8Array): Result<Readonly<Record<string, unknown>>> {
  if (contentType === undefined || !JSON_TYPE.test(contentType)) return refused(refuse('unsupported_media_type'));
  const parsed = parse(body);
  if (!parsed) return refused(refuse('invalid_json'));
  const { text, value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(refuse('invalid_json', 'The body must be a JSON object.'));
  }
  if (repeatedKey(text, value)) return refused(refuse('repeated_key'));
  return ok(value as Record<string, unknown>);
}

function parse(body: Uint8Array): { text: string; value: unknown } | undefined {
  try {
    const text = utf8.decode(body);
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
