import { macsEqual, type Keyring } from '@ardor/crypto/keyring';
import { ConfigError } from '@ardor/runtime/config/setting-types';
import type { Database } from '../sql/database.js';
import { opensSealedRows } from './open-sealed-rows.js';

type CheckKeyring = Pick<Keyring, 'checkValue' | 'derive'>;

/**
 * Makes sure that a process has the key that this database was written with. Call it before anything is written or
 * served: another key would answer 401 to right passcodes and could open no message. The first process writes the check
 * value. Where messages wait already, it writes it only if its key opens one. Throws ConfigError for another key.
 */
export async function checkKey(database: Database, keyring: CheckKeyring): Promise<void> {
  const own = keyring.checkValue();
  const known = (await readCheckValue(database)) ?? (await writeFirst(database, keyring, own));
  if (!macsEqual(known, own)) throw new ConfigError([OTHER_KEY]);
}

const OTHER_KEY =
  'ARDOR_MASTER_KEY is not the key of this database: give this process the key of the others (docs/OPERATIONS.md, "Another key")';
const OPENS_NOTHING =
  'ARDOR_MASTER_KEY opens none of the messages that wait in this database: give this process the key that they were stored with (docs/OPERATIONS.md, "Another key")';

/** Returns what the database has afterwards: another process may have been first. */
async function writeFirst(database: Database, keyring: CheckKeyring, own: Buffer): Promise<Uint8Array> {
  if ((await opensSealedRows(database, keyring)) === 'none') throw new ConfigError([OPENS_NOTHING]);
  await database.sql`INSERT INTO key_check (value) VALUES (${own}) ON CONFLICT DO NOTHING`;
  return (await readCheckValue(database)) ?? own;
}

async function readCheckValue({ sql }: Database): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ value: Uint8Array }>`SELECT value FROM key_check`;
  return row?.value;
}
