import { NUMBER_LIMIT_SCOPES } from '@ardor/rate-limits/number-limit-scope';
import {
  choice,
  flag,
  integer,
  limit,
  optionalLimit,
  optionalSecret,
  optionalUrl,
  port,
  readConfig,
  renamed,
  type Config,
} from '@ardor/runtime/config/setting-types';
import { networks } from '@ardor/runtime/config/network-list';
import { queueProblems, serviceSettings, slotSettings } from '@ardor/runtime/config/shared-settings';
import { timingProblems } from './timing.js';

/** Every variable that the ingress reads. */
export const INGRESS_SETTINGS = {
  ...serviceSettings,
  limiterRedisUrl: optionalUrl('LIMITER_REDIS_URL', ['redis', 'rediss']),
  limiterTimeoutMs: integer('LIMITER_TIMEOUT_MS', { default: 300, min: 10, max: 60_000 }),
  httpPort: port('HTTP_PORT', 8080),
  opsPort: port('OPS_PORT', 9090),
  maxConnections: integer('MAX_CONNECTIONS', { default: 10_000, min: 16, max: 1_000_000 }),
  maxBodyBytes: integer('MAX_BODY_BYTES', { default: 16_384, min: 256, max: 16_777_216 }),
  maxBatchBodyBytes: integer('MAX_BATCH_BODY_BYTES', { default: 1_048_576, min: 256, max: 67_108_864 }),
  maxAnonymousBodyBytes: integer('MAX_ANONYMOUS_BODY_BYTES', { default: 131_072, min: 256, max: 67_108_864 }),
  maxBodyBytesInFlight: integer('MAX_BODY_BYTES_IN_FLIGHT', { default: 67_108_864, min: 1_024, max: 17_179_869_184 }),
  maxJsonValues: integer('MAX_JSON_VALUES', { default: 1_024, min: 16, max: 16_777_216 }),
  maxBatchJsonValues: integer('MAX_BATCH_JSON_VALUES', { default: 16_384, min: 16, max: 16_777_216 }),
  maxSegments: integer('MAX_SEGMENTS', { default: 10, max: 255 }),
  maxInFlight: integer('MAX_IN_FLIGHT', { default: 4_000, max: 1_000_000 }),
  maxLoopDelayMs: integer('MAX_LOOP_DELAY_MS', { default: 250, min: 20, max: 60_000 }),
  maxBacklogSeconds: integer('MAX_BACKLOG_SECONDS', { default: 60, max: 86_400 }),
  answerDeadlineMs: integer('ANSWER_DEADLINE_MS', { default: 400, min: 20, max: 60_000 }),
  answerMaxMs: renamed('ANSWER_PATIENCE_MS', integer('ANSWER_MAX_MS', { default: 3_000, min: 20, max: 60_000 })),
  numberLimitScope: choice('NUMBER_LIMIT_SCOPE', NUMBER_LIMIT_SCOPES, 'system'),
  ...slotSettings,
  sendLimitPerSecond: integer('SEND_LIMIT_PER_SECOND', { default: 80_000 }),
  clientSendsPerSecond: limit('CLIENT_SENDS_PER_SECOND', 1_000),
  clientSendsPerDay: limit('CLIENT_SENDS_PER_DAY', 1_000_000),
  clientQueriesPerSecond: optionalLimit('CLIENT_QUERIES_PER_SECOND'),
  countryCapFloor: limit('COUNTRY_CAP_FLOOR', 1_000),
  countryCapFactor: integer('COUNTRY_CAP_FACTOR', { default: 3, max: 1_000 }),
  queryLimitPerSecond: integer('QUERY_LIMIT_PER_SECOND', { default: 1_000 }),
  clientCacheMs: integer('CLIENT_CACHE_MS', { default: 5_000, max: 5_000 }),
  requeueAfterMs: renamed('STRAY_AFTER_MS', integer('REQUEUE_AFTER_MS', { default: 10_000, min: 100, max: 3_600_000 })),
  trustedProxies: networks('TRUSTED_PROXIES'),
  failedLoginsPerMinute: integer('FAILED_LOGINS_PER_MINUTE', { default: 10 }),
  dashboardPassword: optionalSecret('DASHBOARD_PASSWORD', 8),
  dashboardWritable: flag('DASHBOARD_WRITABLE', false),
};

export type IngressConfig = Config<typeof INGRESS_SETTINGS>;

/** Throws ConfigError with every mistake. */
export const readIngressConfig = (env: NodeJS.ProcessEnv): IngressConfig =>
  readConfig(INGRESS_SETTINGS, env, (config) => [
    ...queueProblems(config),
    ...timingProblems(config),
    ...bodyProblems(config),
  ]);

/** A setting that is wrong by itself is undefined here. */
function bodyProblems(config: Partial<IngressConfig>): string[] {
  const { maxBodyBytes = 0, maxBatchBodyBytes = 0, maxBodyBytesInFlight = Infinity } = config;
  // A compressed body is held beside its content, and anonymous bodies may use half of all bytes.
  return maxBodyBytesInFlight < 4 * Math.max(maxBodyBytes, maxBatchBodyBytes)
    ? ['MAX_BODY_BYTES_IN_FLIGHT must be at least four times MAX_BODY_BYTES and MAX_BATCH_BODY_BYTES']
    : [];
}
