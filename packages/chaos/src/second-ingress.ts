import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startService, type Service } from '@ardor/devstack/service';

/** Where the attacked stack's database is. Throws when neither the environment nor the stack's `env` file says it. */
export function databaseUrl(): string {
  const file = join(process.env['ARDOR_HOME'] ?? '.ardor', 'env');
  if (existsSync(file)) process.loadEnvFile(file);
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: name the stack by ARDOR_HOME, or its database by DATABASE_URL');
  return url;
}

/** Starts another ingress of the attacked stack, with settings of its own. It need not be ready. */
export function startSecondIngress(settings: Readonly<Record<string, string>>): Promise<Service> {
  const url = databaseUrl();
  const env = { ...process.env, DATABASE_URL: url, ...settings, HTTP_PORT: undefined, OPS_PORT: undefined };
  return startService({ name: 'ingress', env, readyPath: '/healthz' });
}
