import type { Keyring } from '@ardor/crypto/keyring';
import { AdminError } from '../clients/manage-clients.js';
import type { Database } from '../sql/database.js';
import { opensSealedRows } from './open-sealed-rows.js';

/**
 * Makes this key the key of the database, whatever its check value was. Throws AdminError where that could make
 * something unusable: messages wait and the key opens none of them, or nothing waits and there are valid passcodes,
 * which may be of another key. `force` does it nevertheless.
 */
export async function resetKeyCheck(
  database: Database,
  keyring: Pick<Keyring, 'checkValue' | 'derive'>,
  { force }: { readonly force: boolean },
): Promise<void> {
  if (!force) await requireHarmless(database, keyring);
  await database.sql`
    INSERT INTO key_check (value) VALUES (${keyring.checkValue()})
    ON CONFLICT (one) DO UPDATE SET value = EXCLUDED.value, written_at = now()`;
}

async function requireHarmless(database: Database, keyring: Pick<Keyring, 'derive'>): Promise<void> {
  const opened = await opensSealedRows(database, keyring);
  if (opened === 'some') return;
  if (opened === 'none')
    throw new AdminError('this key opens none of the messages that wait; with --force they wait until they expire');
  const passcodes = await database.prisma.passcode.count({ where: { revokedAt: null } });
  if (passcodes > 0)
    throw new AdminError(
      `nothing here proves that the ${passcodes} valid passcodes are of this key; with --force those of another key get 401`,
    );
}
