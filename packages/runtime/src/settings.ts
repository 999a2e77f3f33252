import { choice, integer, secret, testChoice, text, url } from './config.js';
import { FAILPOINTS } from './failpoint.js';

/** Settings that several programs share, so that a name means the same everywhere. */
export const databaseSettings = {
  databaseUrl: url('DATABASE_URL', ['postgres', 'postgresql']),
};

/** 32 bytes in base64. */
export const keySettings = {
  masterKey: secret('ARDOR_MASTER_KEY', /^[A-Za-z0-9+/]{43}=$/),
};

export const environmentSettings = {
  nodeEnv: choice('NODE_ENV', ['development', 'test', 'production'], 'development'),
};

/** What every service reads. */
export const serviceSettings = {
  ...environmentSettings,
  ...databaseSettings,
  ...keySettings,
  logLevel: choice('LOG_LEVEL', ['error', 'warn', 'info', 'debug'], 'info'),
  /** Where the process kills itself, once. */
  failpoint: testChoice('FAILPOINT', FAILPOINTS),
  shutdownSeconds: integer('SHUTDOWN_SECONDS', { default: 10, max: 600 }),
  httpHost: text('HTTP_HOST', '0.0.0.0'),
  databasePool: integer('DATABASE_POOL', { default: 8, max: 200 }),
  databaseTimeoutMs: integer('DATABASE_TIMEOUT_MS', { default: 3_000, min: 50, max: 600_000 }),
  redisUrl: url('REDIS_URL', ['redis', 'rediss']),
  /** In braces, so that a Redis Cluster keeps a queue's keys together. */
  queuePrefix: text('QUEUE_PREFIX', '{ardor}', /^[A-Za-z0-9{}_-]{1,64}$/),
};
