import { ConfigError } from '@ardor/runtime/config/setting-types';
import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { readWorkerConfig } from './config.js';
import { deriveTiming } from './timing.js';

const NEEDED = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgresql://127.0.0.1/ardor',
  REDIS_URL: 'redis://127.0.0.1',
  ARDOR_MASTER_KEY: MASTER_KEY,
};
const read = (env: Record<string, string>) => readWorkerConfig({ ...NEEDED, ...env });
const timingOf = (env: Record<string, string>) => deriveTiming(read(env));

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the worker’s times', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    [
      'a claim that ends during its call',
      { GATEWAY_TIMEOUT_MS: '4000', CLAIM_LEASE_MS: '5000' },
      { GATEWAY_TIMEOUT_MS: '4000', CLAIM_LEASE_MS: '4999' },
      'CLAIM_LEASE_MS must be longer than GATEWAY_TIMEOUT_MS by 1000 ms at least',
    ],
    [
      '"never seen" that is believed while a call may be on its way',
      { GATEWAY_TIMEOUT_MS: '5000', TRUST_ABSENCE_AFTER_MS: '6000' },
      { GATEWAY_TIMEOUT_MS: '5000', TRUST_ABSENCE_AFTER_MS: '5999' },
      'TRUST_ABSENCE_AFTER_MS must be longer than GATEWAY_TIMEOUT_MS by 1000 ms at least',
    ],
    [
      'a shutdown that cuts calls off',
      { GATEWAY_TIMEOUT_MS: '4000', SHUTDOWN_SECONDS: '5' },
      { GATEWAY_TIMEOUT_MS: '4001', SHUTDOWN_SECONDS: '5' },
      'SHUTDOWN_SECONDS must be longer than GATEWAY_TIMEOUT_MS by 1000 ms at least',
    ],
    [
      'a liveness limit that a claim may outlast',
      { CLAIM_LEASE_MS: '14999', LIVENESS_SECONDS: '15' },
      { CLAIM_LEASE_MS: '15000', LIVENESS_SECONDS: '15' },
      'LIVENESS_SECONDS must be longer than CLAIM_LEASE_MS',
    ],
  ])('refuse %s, and no setting that just avoids it', (_, legal, illegal, problem) => {
    expect(problemsOf(legal)).toEqual([]);
    expect(problemsOf(illegal)).toEqual([problem]);
  });

  it('tell all mistakes at once, beside those of single settings', () => {
    const problems = problemsOf({ GATEWAY_TIMEOUT_MS: '20000', LIVENESS_SECONDS: '15', OPS_PORT: 'ninety' });
    expect(problems).toHaveLength(5);
    expect(problemsOf({ LIVENESS_SECONDS: '1' })).toEqual(['LIVENESS_SECONDS must be greater than or equal to 2']);
  });

  /** Legal settings at the ends of their ranges. */
  const SETTINGS: Record<string, string>[] = [
    {},
    { GATEWAY_TIMEOUT_MS: '100', CLAIM_LEASE_MS: '1100', SHUTDOWN_SECONDS: '2', WORKER_LEASE_MS: '400' },
    { GATEWAY_TIMEOUT_MS: '9000', CLAIM_LEASE_MS: '10000', TRUST_ABSENCE_AFTER_MS: '10000' },
    {
      GATEWAY_TIMEOUT_MS: '120000',
      CLAIM_LEASE_MS: '600000',
      TRUST_ABSENCE_AFTER_MS: '600000',
      LIVENESS_SECONDS: '601',
      SHUTDOWN_SECONDS: '121',
      LOOKUP_AFTER_MS: '100',
    },
  ];

  it.each(SETTINGS)('keep their order with %j', (env) => {
    const { gatewayTimeoutMs, claimLeaseMs, workerLeaseMs, shutdownSeconds, livenessSeconds } = read(env);
    const timing = timingOf(env);
    // A lane closes after a call of full length, and before the shutdown is over.
    expect(timing.laneCloseMs).toBeGreaterThan(gatewayTimeoutMs);
    expect(timing.laneCloseMs).toBeLessThan(shutdownSeconds * 1_000);
    // A call that begins as late as it may ends within its claim.
    expect(timing.sendWithinMs + gatewayTimeoutMs).toBeLessThanOrEqual(claimLeaseMs);
    // A settlement is tried for less than what is left of a claim whose call began at once and took its full time.
    expect(timing.settleRetryMs).toBeGreaterThan(0);
    expect(timing.settleRetryMs).toBeLessThan(claimLeaseMs - gatewayTimeoutMs);
    // Two beats may be lost.
    expect(3 * timing.heartbeatEveryMs).toBeLessThan(workerLeaseMs);
    // A lookup ends before its message is looked up again.
    expect(timing.lookupAgainMs).toBeGreaterThan(gatewayTimeoutMs);
    // The limit is noticed soon after it has passed.
    expect(timing.livenessLimitMs).toBe(livenessSeconds * 1_000);
    expect(10 * timing.livenessSampleEveryMs).toBeLessThan(timing.livenessLimitMs);
  });

  it('are these by default', () => {
    expect(timingOf({})).toMatchObject({
      laneCloseMs: 7_000,
      settleRetryMs: 6_000,
      sendWithinMs: 10_000,
      heartbeatEveryMs: 1_000,
      lookupAgainMs: 6_000,
      livenessSampleEveryMs: 5_000,
      recoveryEveryMs: 1_000,
    });
  });
});
