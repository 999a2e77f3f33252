import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Home } from './home.js';

/**
 * Reads a secret, or creates it on the first call: mode 0600, one line. `create` returns the text.
 * Never overwrites: two starts at the same moment end up with the same secret.
 */
export function loadOrCreateSecret(file: string, create: () => string): string {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${create()}\n`, { mode: 0o600 });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}

/** The password of a role of the local Postgres. It is created on the first call. */
export const databasePassword = (home: Pick<Home, 'root'>, role: 'owner' | 'app'): string =>
  loadOrCreateSecret(join(home.root, `database-${role}.password`), () => randomBytes(24).toString('base64url'));

export interface StackSecrets {
  /** The variables that lead the services to the created secrets; without those that the person gave. */
  readonly env: NodeJS.ProcessEnv;
  /** The password of the dashboard, or the variable that it came from. */
  readonly dashboardPassword: string;
}

/** Creates the secrets that the environment does not give: a key of 32 bytes and a password. */
export function prepareSecrets(home: Home, env: NodeJS.ProcessEnv): StackSecrets {
  const given = (name: string): string | undefined => [name, `${name}_FILE`].find((variable) => env[variable]);
  const [ownKey, ownPassword] = [given('ARDOR_MASTER_KEY'), given('DASHBOARD_PASSWORD')];
  if (ownKey === undefined) loadOrCreateSecret(home.masterKey, () => randomBytes(32).toString('base64'));
  const dashboardPassword =
    ownPassword === undefined
      ? loadOrCreateSecret(home.dashboardPassword, () => randomBytes(18).toString('base64url'))
      : `as in ${ownPassword}`;
  return {
    dashboardPassword,
    env: {
      ...(ownKey === undefined && { ARDOR_MASTER_KEY_FILE: home.masterKey }),
      ...(ownPassword === undefined && { DASHBOARD_PASSWORD_FILE: home.dashboardPassword }),
    },
  };
}
