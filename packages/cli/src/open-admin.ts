import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { readConfig } from '@ardor/runtime/config/config';
import { databaseSettings, environmentSettings, keySettings } from '@ardor/runtime/config/settings';
import { openDatabase, type Database } from '@ardor/store/sql/database';

const COMMAND_TIMEOUT_MS = 10_000;

/** Variables of a stack that `pnpm start` runs here; what is set already wins. */
export function loadLocalEnv(): void {
  const file = join(process.env['ARDOR_HOME'] ?? '.ardor', 'env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** Reads only what needs the database's address. Throws ConfigError. */
export const readDatabaseConfig = () => readConfig({ ...databaseSettings, ...environmentSettings }, process.env);

/** Opens the database for one command and closes it after, whatever happens. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const { databaseUrl } = readDatabaseConfig();
  const database = openDatabase({ url: databaseUrl, pool: 1, timeoutMs: COMMAND_TIMEOUT_MS });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The keys, for commands that write or read secrets. Throws ConfigError. */
export const openKeyring = (): Keyring => createKeyring(readConfig(keySettings, process.env).masterKey);
