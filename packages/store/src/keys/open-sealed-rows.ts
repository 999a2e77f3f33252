import type { Keyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import type { Database } from '../sql/database.js';

/** More than one, because a single row may be damaged. */
const SAMPLE = 20;

/**
 * Tries a key on a sample of the messages that wait, the longest valid first: `some` or `none` of them open, or
 * `nothing_sealed`, when no message waits. Reads an index, so its cost does not grow with the history.
 */
export async function opensSealedRows(
  { sql }: Database,
  keyring: Pick<Keyring, 'derive'>,
): Promise<'some' | 'none' | 'nothing_sealed'> {
  const rows = await sql<{ id: string; payload: Uint8Array }>`
    SELECT id, payload FROM messages
    WHERE status IN ('queuing', 'uncertain') AND payload IS NOT NULL
    ORDER BY expires_at DESC LIMIT ${SAMPLE}::int`;
  if (rows.length === 0) return 'nothing_sealed';
  const sealer = createSealer(keyring);
  const opens = ({ id, payload }: (typeof rows)[number]): boolean => {
    try {
      sealer.open(id, payload);
      return true;
    } catch {
      return false;
    }
  };
  return rows.some(opens) ? 'some' : 'none';
}
