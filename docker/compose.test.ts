import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../packages/runtime/src/config.js';
import { databaseSettings, environmentSettings, keySettings } from '../packages/runtime/src/settings.js';
import { INGRESS_SETTINGS, readIngressConfig } from '../services/ingress/src/config.js';
import { readWorkerConfig, WORKER_SETTINGS } from '../services/worker/src/config.js';
import { parseCompose } from './testing/compose-file.js';
import { composeProblems, type Expectations } from './testing/compose-problems.js';
import { dclint } from './testing/dclint.js';
import { interpolate } from './testing/interpolate.js';
import { readRoot } from './testing/read.js';

/** What `ardor migrate --seed` reads. */
const MIGRATE_SETTINGS = { ...databaseSettings, ...environmentSettings, ...keySettings };
const expected: Expectations = {
  settings: {
    ingress: Object.values(INGRESS_SETTINGS),
    worker: Object.values(WORKER_SETTINGS),
    migrate: Object.values(MIGRATE_SETTINGS),
    simulator: [],
  },
  commands: ['migrate'],
  targets: ['ingress', 'worker', 'simulator', 'migrate'],
  storeSecrets: ['POSTGRES_PASSWORD'],
};
const compose = readRoot('docker/compose.yaml');
const SECRETS = {
  ARDOR_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  DASHBOARD_PASSWORD: 'a-password',
  POSTGRES_PASSWORD: 'abcdef',
};

function environmentOf(service: string, env: Readonly<Record<string, string>>): Record<string, string> {
  const { environment = {} } = parseCompose(interpolate(compose, env)).services[service] ?? {};
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}

describe('compose.yaml', () => {
  it('has no problems', () => {
    expect([...dclint(compose), ...composeProblems(compose, expected)]).toEqual([]);
  });

  it('gives each program an environment that it accepts', () => {
    expect(readIngressConfig(environmentOf('ingress', SECRETS))).toMatchObject({
      nodeEnv: 'development',
      httpPort: 8080,
    });
    expect(readWorkerConfig(environmentOf('worker', SECRETS))).toMatchObject({
      databaseUrl: 'postgresql://ardor:abcdef@postgres:5432/ardor',
      simulatorUrl: 'http://simulator:8090',
      callbackBaseUrl: 'http://ingress:8080',
    });
    expect(
      readConfig(MIGRATE_SETTINGS, environmentOf('migrate', { ...SECRETS, NODE_ENV: 'production' })),
    ).toMatchObject({
      nodeEnv: 'production',
    });
  });

  it.each(Object.keys(SECRETS))('does not start without %s and says how to make one', (name) => {
    expect(() => interpolate(compose, { ...SECRETS, [name]: '' })).toThrow(/^[A-Z_]+: .*openssl rand/);
  });

  // Each line breaks the file in one way, so that a check that has gone blind is noticed.
  it.each<[string, string | RegExp, string]>([
    ['invalid-schema', 'stop_grace_period: 60s', 'stop_grace_periods: 60s'],
    ['invalid-yaml', 'volumes:\n  postgres-data:', 'volumes: {'],
    ['service-image-require-explicit-tag', 'redis:8.2.10-bookworm', 'redis'],
    ['no-unbound-port-interfaces', "'127.0.0.1:${HTTP_PORT", "'${HTTP_PORT"],
    ['require-project-name-field', 'name: ardor', ''],
  ])('dclint would notice: %s', (problem, from, to) => {
    const broken = compose.replace(from, to);
    expect(broken).not.toBe(compose);
    expect(dclint(broken)).toContainEqual(expect.stringContaining(problem));
  });

  it.each<[string, string | RegExp, string]>([
    ['redis has no health check', /healthcheck:\n +# redis(.*\n){6}/, '\n'],
    ['migrate would run again and again', "restart: 'no'", 'restart: always'],
    ['worker stays down', 'restart: unless-stopped', 'restart: on-failure'],
    ['postgres can write to its image', 'read_only: true', 'read_only: false'],
    ['simulator keeps capabilities', 'cap_drop: [ALL]', 'cap_drop: [NET_RAW]'],
    ['ingress can gain privileges', 'no-new-privileges:true', 'no-new-privileges:false'],
    ['redis starts as root', 'user: redis', ''],
    ['migrate cannot be stopped', 'init: true', ''],
    ['postgres comes from postgres:18,', 'postgres:18.6-bookworm', 'postgres:18'],
    ['worker builds labourer', 'target: worker', 'target: labourer'],
    ['ingress is open to the network', "'127.0.0.1:${HTTP_PORT", "'0.0.0.0:${HTTP_PORT"],
    ['ingress does not read HTTP_PROT', 'HTTP_PORT: 8080', 'HTTP_PROT: 8080'],
    ['migrate does not read REDIS_URL', '<<: *program\n    command', '<<: *service\n    command'],
    ['worker needs REDIS_URL', 'REDIS_URL: redis://redis:6379', ''],
    ['ingress does not ask for ARDOR_MASTER_KEY', /ARDOR_MASTER_KEY:\?[^}]*/, 'ARDOR_MASTER_KEY:-AAAA'],
    ['postgres does not ask for POSTGRES_PASSWORD', /POSTGRES_PASSWORD: .*/, 'POSTGRES_PASSWORD: ardor'],
    ['ingress waits for migrate until service_started', 'service_completed_successfully', 'service_started'],
    ['worker waits for carrier, which is not there', 'simulator: { condition', 'carrier: { condition'],
    ['ingress is killed after 15 s', 'SHUTDOWN_SECONDS: 10', 'SHUTDOWN_SECONDS: 15'],
    ['postgres-data is no named volume', 'volumes:\n  postgres-data:', 'volumes:'],
  ])('would notice: %s', (problem, from, to) => {
    const broken = compose.replace(from, to);
    expect(broken).not.toBe(compose);
    expect(composeProblems(broken, expected)).toContainEqual(expect.stringContaining(problem));
  });
});
