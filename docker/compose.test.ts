import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { MASTER_KEY } from '../packages/testkit/src/fixtures.js';
import { readConfig } from '../packages/runtime/src/config/setting-types.js';
import {
  databaseSettings,
  environmentSettings,
  keySettings,
  rolesSettings,
} from '../packages/runtime/src/config/shared-settings.js';
import { INGRESS_SETTINGS, readIngressConfig } from '../services/ingress/src/config.js';
import { readWorkerConfig, WORKER_SETTINGS } from '../services/worker/src/config.js';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): string => readFileSync(ROOT + path, 'utf8');
const compose = read('docker/compose.yaml');

/** The settings that `ardor migrate --roles --seed` reads. */
const MIGRATE_SETTINGS = { ...databaseSettings, ...rolesSettings, ...environmentSettings, ...keySettings };
const SETTINGS = { ingress: INGRESS_SETTINGS, worker: WORKER_SETTINGS, migrate: MIGRATE_SETTINGS };
const SECRETS = {
  ARDOR_MASTER_KEY: MASTER_KEY,
  DASHBOARD_PASSWORD: 'a-password',
  POSTGRES_PASSWORD: 'abcdef',
  OWNER_DATABASE_PASSWORD: 'bcdefa',
  APP_DATABASE_PASSWORD: 'cdefab',
  REDIS_PASSWORD: 'defabc',
};

/** Fills `${NAME:-default}` and `${NAME:?message}` as compose does. Throws the message of a missing variable. */
const interpolate = (env: Readonly<Record<string, string>>): string =>
  compose.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, operator: string, rest: string) => {
    const value = env[name];
    if (!value && operator === '?') throw new Error(`${name}: ${rest}`);
    return value ? value : rest;
  });

interface ComposeFile {
  readonly services: Readonly<Record<string, { environment?: Record<string, string | number> }>>;
}

function environmentOf(service: keyof typeof SETTINGS): Record<string, string> {
  const { services } = parse(interpolate(SECRETS), { merge: true }) as ComposeFile;
  const variables = Object.entries(services[service]?.environment ?? {});
  return Object.fromEntries(variables.map(([name, value]) => [name, String(value)]));
}

describe('compose.yaml', () => {
  it('passes dclint, which also checks the schema of compose', () => {
    const program = join(dirname(require.resolve('dclint/package.json')), 'bin/dclint.cjs');
    const argv = [program, '--config', `${ROOT}docker/.dclintrc.yaml`, `${ROOT}docker/compose.yaml`];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect({ status, output: (stdout + stderr).trim() }).toEqual({ status: 0, output: '' });
  });

  it.each(['ingress', 'worker', 'migrate'] as const)('gives %s no variable that it does not read', (service) => {
    const known = Object.values(SETTINGS[service]).map(({ name }) => name);
    expect(Object.keys(environmentOf(service)).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('gives each program every setting that it needs', () => {
    expect(readIngressConfig(environmentOf('ingress'))).toMatchObject({
      nodeEnv: 'development',
      httpPort: 8080,
      opsHost: '0.0.0.0',
    });
    expect(readWorkerConfig(environmentOf('worker'))).toMatchObject({
      databaseUrl: 'postgresql://ardor_app:cdefab@postgres:5432/ardor',
      maintenanceDatabaseUrl: 'postgresql://ardor_owner:bcdefa@postgres:5432/ardor',
      redisUrls: ['redis://:defabc@redis:6379'],
      simulatorUrl: 'http://simulator:8090',
      callbackBaseUrl: 'http://ingress:8080',
    });
    expect(readConfig(MIGRATE_SETTINGS, environmentOf('migrate'))).toMatchObject({
      nodeEnv: 'development',
      adminUrl: 'postgresql://ardor:abcdef@postgres:5432/ardor',
      ownerUrl: 'postgresql://ardor_owner:bcdefa@postgres:5432/ardor',
    });
  });

  it.each(Object.keys(SECRETS))('does not start without %s and says how to make one', (name) => {
    expect(() => interpolate({ ...SECRETS, [name]: '' })).toThrow(/^[A-Z_]+: .*openssl rand/);
  });
});

describe('the Dockerfile', () => {
  it('uses the Node and the pnpm of package.json, and is for production', () => {
    const { packageManager, devDependencies } = JSON.parse(read('package.json')) as {
      packageManager: string;
      devDependencies: Record<string, string>;
    };
    const dockerfile = read('docker/Dockerfile');
    expect(dockerfile).toContain(`FROM node:${devDependencies['node'] ?? ''}-`);
    expect(dockerfile).toMatch(/^ENV NODE_ENV=production OPS_HOST=0\.0\.0\.0$/m);
    expect(dockerfile).toContain(`npm install --global ${packageManager}\n`);
  });
});
