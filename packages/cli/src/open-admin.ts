import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { readConfig } from '@ardor/runtime/config/setting-types';
import { databaseSettings, environmentSettings, keySettings } from '@ardor/runtime/config/shared-settings';
import { openDatabase, type Database } from '@ardor/store/sql/database';

const COMMAND_TIMEOUT_MS = 10_000;

/** Loads the variables of the stack that `pnpm start` runs here. Variables that are already set win. */
export function loadLocalEnv(): void {
  const file = join(process.env['ARDOR_HOME'] ?? '.ardor', 'env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** Reads the database's address and NODE_ENV. Throws ConfigError. */
export const readDatabaseConfig = () => readConfig({ ...databaseSettings, ...environmentSettings }, process.env);

/** Opens the database for one command and always closes it. */
export async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const { databaseUrl } = readDatabaseConfig();
  const database = openDatabase({ url: databaseUrl, pool: 1, timeoutMs: COMMAND_TIMEOUT_MS });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Opens the keys, for commands that write or read secrets. Throws ConfigError. */
export const openKeyring = (): Keyring => createKeyring(readConfig(keySettings, process.env).masterKey);
