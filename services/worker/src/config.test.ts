import { ConfigError } from '@ardor/runtime/config/setting-types';
import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { readWorkerConfig } from './config.js';

const NEEDED = {
  DATABASE_URL: 'postgresql://127.0.0.1/ardor',
  REDIS_URL: 'redis://127.0.0.1',
  ARDOR_MASTER_KEY: MASTER_KEY,
  SIMULATOR_URL: 'http://127.0.0.1:8090',
  CALLBACK_BASE_URL: 'http://127.0.0.1:8080',
};

describe('the worker’s configuration', () => {
  it('needs the database, Redis, the key, the carrier and its way back, and has a default for all else', () => {
    expect(readWorkerConfig(NEEDED)).toMatchObject({ opsPort: 9091, gatewayTimeoutMs: 5_000, claimLeaseMs: 15_000 });
    for (const name of Object.keys(NEEDED)) expect(() => readWorkerConfig({})).toThrow(`${name} is missing`);
  });

  it('refuses a server of the queue that would have no shard, beside any other mistake', () => {
    const servers = (count: number) => Array.from({ length: count }, (_, n) => `redis://10.0.0.${n + 1}`).join(',');
    const read = (count: number, more: Record<string, string> = {}) =>
      readWorkerConfig({ ...NEEDED, REDIS_URL: servers(count), ...more });
    const refusal = 'REDIS_URL must not name more servers than QUEUE_SHARDS has shards';
    expect(() => read(2)).toThrow(refusal);
    expect(() => read(5, { QUEUE_SHARDS: '4' })).toThrow(refusal);
    expect(() => read(2, { LIVENESS_SECONDS: '15', OTP_CONCURRENCY: 'x' })).toThrow(
      /OTP_CONCURRENCY must[^]*REDIS_URL must[^]*LIVENESS_SECONDS must/,
    );
    expect(() => read(2, { QUEUE_SHARDS: '65' })).not.toThrow(refusal);
    expect(read(4, { QUEUE_SHARDS: '4' }).redisUrls).toHaveLength(4);
    expect(read(1)).toMatchObject({ redisUrls: ['redis://10.0.0.1'], queueShards: 1 });
  });

  it.each(['0', '65', '1.5'])('refuses %s shards', (QUEUE_SHARDS) => {
    expect(() => readWorkerConfig({ ...NEEDED, QUEUE_SHARDS })).toThrow('QUEUE_SHARDS must be');
  });

  it('takes up to 64 shards', () => {
    expect(readWorkerConfig({ ...NEEDED, QUEUE_SHARDS: '64' }).queueShards).toBe(64);
  });

  it('never shows a secret’s value', () => {
    const read = () =>
      readWorkerConfig({ ...NEEDED, ARDOR_MASTER_KEY: 'canary', DATABASE_URL: 'mysql://user:canary@host/x' });
    expect(read).toThrow(ConfigError);
    expect(read).not.toThrow(/canary/);
  });
});
