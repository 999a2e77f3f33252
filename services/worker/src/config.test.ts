import { ConfigError } from '@ardor/runtime/config';
import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { readWorkerConfig } from './config.js';

const NEEDED = {
  DATABASE_URL: 'postgresql://127.0.0.1/ardor',
  REDIS_URL: 'redis://127.0.0.1',
  ARDOR_MASTER_KEY: MASTER_KEY,
};

describe('the worker’s configuration', () => {
  it('needs the database, Redis and the key, and has a default for all else', () => {
    expect(readWorkerConfig(NEEDED)).toMatchObject({ opsPort: 9091, gatewayTimeoutMs: 5_000, claimLeaseMs: 15_000 });
    expect(() => readWorkerConfig({})).toThrow(/DATABASE_URL[^]*REDIS_URL[^]*ARDOR_MASTER_KEY/);
  });

  it.each([
    ['5000', '5000'],
    ['5000', '4999'],
    ['20000', '15000'],
  ])('refuses a call of %s ms under a claim of %s ms', (GATEWAY_TIMEOUT_MS, CLAIM_LEASE_MS) => {
    const read = () => readWorkerConfig({ ...NEEDED, GATEWAY_TIMEOUT_MS, CLAIM_LEASE_MS });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow('CLAIM_LEASE_MS must be longer than GATEWAY_TIMEOUT_MS');
  });

  it('never shows a secret’s value', () => {
    const read = () =>
      readWorkerConfig({ ...NEEDED, ARDOR_MASTER_KEY: 'canary', DATABASE_URL: 'mysql://user:canary@host/x' });
    expect(read).toThrow(ConfigError);
    expect(read).not.toThrow(/canary/);
  });
});
