import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { readConfig } from '@ardor/runtime/config/setting-types';
import { databaseSettings, keySettings } from '@ardor/runtime/config/shared-settings';
import { checkKey } from '@ardor/store/keys/check-key';
import { openDatabase, type Database } from '@ardor/store/sql/database';

const COMMAND_TIMEOUT_MS = 10_000;

/** Loads the variables of the stack that `pnpm start` runs here. Variables that are already set win. */
export function loadLocalEnv(): void {
  const file = join(process.env['ARDOR_HOME'] ?? '.ardor', 'env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** Opens the database of DATABASE_URL, or of `url`, for one command and always closes it. Throws ConfigError. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>, url?: string): Promise<T> {
  const { databaseUrl } = readConfig(databaseSettings, process.env);
  const database = openDatabase({ url: url ?? databaseUrl, pool: 1, timeoutMs: COMMAND_TIMEOUT_MS });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Reads the key without asking whether it is the database's. Throws ConfigError. */
export const readKeyring = (): Keyring => createKeyring(readConfig(keySettings, process.env).masterKey);

/** Opens database and keys, for commands that write or read secrets. Throws ConfigError when the key is another's. */
export function withKeys<T>(work: (database: Database, keyring: Keyring) => Promise<T>, url?: string): Promise<T> {
  const keyring = readKeyring();
  return withDatabase(async (database) => {
    await checkKey(database, keyring);
    return work(database, keyring);
  }, url);
}
