import { json, type CallResponse } from './call-response.js';
import type { Ledger } from './ledger.js';

/** GET /messages/<reference>. A throttled or rejected reference has a state and no id. */
export function lookUpMessage(ledger: Pick<Ledger, 'find'>, encoded: string): CallResponse {
  const reference = decode(encoded);
  if (reference === undefined) return json(400, { error: 'malformed', message: 'the reference is not URL-encoded' });
  const entry = ledger.find(reference);
  if (entry === undefined) return json(404, { error: 'not_found' });
  const { id, to, state, code, at } = entry;
  return json(200, { reference, id, state, code: code === '' ? undefined : code, to, at: new Date(at).toISOString() });
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
