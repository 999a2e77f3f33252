import { randomBytes } from 'node:crypto';
import { type Home } from './home.js';
import { keepSecret } from './secrets.js';

export interface SecretFiles {
  /** The variables that point the services at the generated secrets; empty for those the person gave. */
  env: NodeJS.ProcessEnv;
  /** The dashboard's password for the person to read, or where it came from. */
  dashboardPassword: string;
}

/** Generates the secrets that the environment does not give: a 32-byte key and a password, kept for the next start. */
export function secretFiles(home: Home, env: NodeJS.ProcessEnv): SecretFiles {
  const given = (name: string): string | undefined => [name, `${name}_FILE`].find((variable) => env[variable]);
  const ownKey = given('ARDOR_MASTER_KEY');
  const ownPassword = given('DASHBOARD_PASSWORD');
  if (ownKey === undefined) keepSecret(home.masterKey, () => randomBytes(32).toString('base64'));
  return {
    env: {
      ...(ownKey === undefined ? { ARDOR_MASTER_KEY_FILE: home.masterKey } : {}),
      ...(ownPassword === undefined ? { DASHBOARD_PASSWORD_FILE: home.dashboardPassword } : {}),
    },
    dashboardPassword:
      ownPassword === undefined
        ? keepSecret(home.dashboardPassword, () => randomBytes(18).toString('base64url'))
        : `as in ${ownPassword}`,
  };
}
