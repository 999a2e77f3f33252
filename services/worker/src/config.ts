import { deployedUrl, flag, integer, port, readConfig, type Config } from '@ardor/runtime/config/setting-types';
import {
  ownerSettings,
  partitionSettings,
  queueProblems,
  serviceSettings,
} from '@ardor/runtime/config/shared-settings';
import { timingProblems } from './timing.js';

/** Every variable that the worker reads. */
export const WORKER_SETTINGS = {
  ...serviceSettings,
  ...partitionSettings,
  ...ownerSettings,
  opsPort: port('OPS_PORT', 9091),
  simulatorUrl: deployedUrl('SIMULATOR_URL', ['http', 'https'], 'http://127.0.0.1:8090'),
  simulatorDeduplicates: flag('SIMULATOR_DEDUPLICATES', false),
  callbackBaseUrl: deployedUrl('CALLBACK_BASE_URL', ['http', 'https'], 'http://127.0.0.1:8080'),
  otpConcurrency: integer('OTP_CONCURRENCY', { default: 64, max: 1_000 }),
  notifyConcurrency: integer('NOTIFY_CONCURRENCY', { default: 32, max: 1_000 }),
  bulkConcurrency: integer('BULK_CONCURRENCY', { default: 16, max: 1_000 }),
  gatewayTimeoutMs: integer('GATEWAY_TIMEOUT_MS', { default: 5_000, min: 100, max: 120_000 }),
  claimLeaseMs: integer('CLAIM_LEASE_MS', { default: 15_000, min: 1_000, max: 600_000 }),
  workerLeaseMs: integer('WORKER_LEASE_MS', { default: 4_000, min: 400, max: 600_000 }),
  livenessSeconds: integer('LIVENESS_SECONDS', { default: 60, min: 2, max: 3_600 }),
  retryBaseMs: integer('RETRY_BASE_MS', { default: 500, max: 60_000 }),
  retryCapMs: integer('RETRY_CAP_MS', { default: 15_000, max: 3_600_000 }),
  lookupAfterMs: integer('LOOKUP_AFTER_MS', { default: 2_000, min: 100, max: 600_000 }),
  trustAbsenceAfterMs: integer('TRUST_ABSENCE_AFTER_MS', { default: 6_000, min: 100, max: 600_000 }),
  sweepIntervalMs: integer('SWEEP_INTERVAL_MS', { default: 1_000, min: 50, max: 60_000 }),
  sweepBatch: integer('SWEEP_BATCH', { default: 1_000, max: 10_000 }),
  parkedReceiptHours: integer('PARKED_RECEIPT_HOURS', { default: 24, max: 8_760 }),
  retentionDays: integer('RETENTION_DAYS', { default: 30, min: 8, max: 3_650 }),
};

export type WorkerConfig = Config<typeof WORKER_SETTINGS>;

/** Throws ConfigError with every mistake. */
export const readWorkerConfig = (env: NodeJS.ProcessEnv): WorkerConfig =>
  readConfig(WORKER_SETTINGS, env, (config) => [...queueProblems(config), ...timingProblems(config)]);
