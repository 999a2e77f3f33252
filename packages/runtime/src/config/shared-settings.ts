import {
  choice,
  fraction,
  integer,
  optionalUrl,
  randomKey,
  testChoice,
  text,
  url,
  type Config,
} from './setting-types.js';
import { LOG_LEVELS } from '../observability/logger.js';
import { FAILPOINTS } from '../process/failpoint.js';
import { urls } from './url-list.js';

const POSTGRES = ['postgres', 'postgresql'];

/** Settings that several programs share. A name means the same everywhere. */
export const databaseSettings = {
  databaseUrl: url('DATABASE_URL', POSTGRES),
};

export const partitionSettings = {
  /** Days that have their partition before they begin. The database creates none that begins later than in 60 days. */
  partitionsAheadDays: integer('PARTITIONS_AHEAD_DAYS', { default: 30, max: 60 }),
};

/** Of the role that owns the tables: for migrations, and to drop partitions. Default: DATABASE_URL. */
export const ownerSettings = {
  maintenanceDatabaseUrl: optionalUrl('MAINTENANCE_DATABASE_URL', POSTGRES),
};

/** The settings that `ardor migrate --roles` needs beside DATABASE_URL. */
export const rolesSettings = {
  /** Of a superuser, or of a role that owns the database and may create roles. */
  adminUrl: url('ADMIN_DATABASE_URL', POSTGRES),
  ownerUrl: url('MAINTENANCE_DATABASE_URL', POSTGRES),
  appUrl: url('DATABASE_URL', POSTGRES),
};

export const keySettings = {
  masterKey: randomKey('ARDOR_MASTER_KEY'),
};

export const slotSettings = {
  /** For how long an accepted send blocks its number. */
  numberLimitSeconds: integer('NUMBER_LIMIT_SECONDS', { default: 60, max: 86_400 }),
};

export const environmentSettings = {
  nodeEnv: choice('NODE_ENV', ['development', 'test', 'production'], 'production'),
};

/** Settings of every service. */
export const serviceSettings = {
  ...environmentSettings,
  ...databaseSettings,
  ...keySettings,
  logLevel: choice('LOG_LEVEL', LOG_LEVELS, 'info'),
  /** The share of successes that get a log line. Refusals and errors always get one. */
  logSuccessSample: fraction('LOG_SUCCESS_SAMPLE', 1),
  /** The failpoint at which the process kills itself. */
  failpoint: testChoice('FAILPOINT', FAILPOINTS),
  shutdownSeconds: integer('SHUTDOWN_SECONDS', { default: 10, max: 600 }),
  httpHost: text('HTTP_HOST', '0.0.0.0'),
  /** Metrics and the dashboard are for this machine unless a deployment opens them. */
  opsHost: text('OPS_HOST', '127.0.0.1'),
  databasePool: integer('DATABASE_POOL', { default: 8, max: 200 }),
  databaseTimeoutMs: integer('DATABASE_TIMEOUT_MS', { default: 3_000, min: 50, max: 600_000 }),
  /** A process whose clock differs more from the servers' clocks is not ready. */
  maxClockSkewMs: integer('MAX_CLOCK_SKEW_MS', { default: 5_000, min: 100, max: 3_600_000 }),
  /** One server, or several separated by commas. */
  redisUrls: urls('REDIS_URL', ['redis', 'rediss']),
  /** The braces are a hash tag: a Redis Cluster keeps all keys of a queue together. */
  queuePrefix: text('QUEUE_PREFIX', '{ardor}', /^[A-Za-z0-9{}_-]{1,64}$/),
  /** Number of queues in each lane. They are spread over the servers of REDIS_URL. */
  queueShards: integer('QUEUE_SHARDS', { default: 1, max: 64 }),
};

/** For `readConfig`: returns what is wrong with the combination of queue settings. */
export function queueProblems({
  redisUrls = [''],
  queueShards = Infinity,
}: Partial<Config<typeof serviceSettings>>): string[] {
  // A server without a shard would have no work.
  return redisUrls.length > queueShards ? ['REDIS_URL must not name more servers than QUEUE_SHARDS has shards'] : [];
}
