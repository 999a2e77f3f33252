import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { readIngressConfig } from './config.js';
import { restoreLockMs } from './timing.js';

const NEEDED = { DATABASE_URL: 'postgresql://x/y', REDIS_URL: 'redis://x', ARDOR_MASTER_KEY: MASTER_KEY };

describe('TRUSTED_PROXIES', () => {
  const read = (TRUSTED_PROXIES: string) => readIngressConfig({ ...NEEDED, TRUSTED_PROXIES }).trustedProxies;

  it('is a list of addresses and networks, or nothing', () => {
    expect(read('')).toEqual([]);
    expect(read('10.0.0.0/8, 192.0.2.1,2001:db8::/32,::1')).toEqual([
      '10.0.0.0/8',
      '192.0.2.1',
      '2001:db8::/32',
      '::1',
    ]);
  });

  it.each(['proxy.example', '10.0.0.0/33', '10.0.0.1,', '1', 'true'])('is not %s', (wrong) => {
    expect(() => read(wrong)).toThrow('TRUSTED_PROXIES');
  });
});

describe('the times of the ingress', () => {
  it('lets ANSWER_MAX_MS be as long as ANSWER_DEADLINE_MS, and no shorter', () => {
    const read = (maxMs: string) => readIngressConfig({ ...NEEDED, ANSWER_DEADLINE_MS: '400', ANSWER_MAX_MS: maxMs });
    expect(read('400').answerMaxMs).toBe(400);
    expect(() => read('399')).toThrow('ANSWER_MAX_MS must not be shorter than ANSWER_DEADLINE_MS');
  });

  it('reads the names of the release before', () => {
    const former = Object.fromEntries([
      ['ANSWER_PATIENCE_MS', '5000'],
      ['STRAY_AFTER_MS', '2000'],
    ]);
    const config = readIngressConfig({ ...NEEDED, ...former });
    expect(config).toMatchObject({ answerMaxMs: 5_000, requeueAfterMs: 2_000 });
  });

  it('keeps the lock of a restore longer than a page may take to read', () => {
    expect(restoreLockMs({ databaseTimeoutMs: 50 })).toBe(3_000);
    expect(restoreLockMs({ databaseTimeoutMs: 3_000 })).toBeGreaterThan(3_000);
    expect(restoreLockMs({ databaseTimeoutMs: 60_000 })).toBeGreaterThan(60_000);
  });
});

describe('the bodies of the ingress', () => {
  it('together are at least four times as large as the largest', () => {
    const read = (bytes: string, largest: object) =>
      readIngressConfig({ ...NEEDED, MAX_BODY_BYTES_IN_FLIGHT: bytes, ...largest });
    const problem = 'MAX_BODY_BYTES_IN_FLIGHT must be at least four times MAX_BODY_BYTES and MAX_BATCH_BODY_BYTES';
    expect(read('4194304', {}).maxBodyBytesInFlight).toBe(4_194_304);
    expect(() => read('4194303', {})).toThrow(problem);
    expect(() => read('4194304', { MAX_BODY_BYTES: '1048577' })).toThrow(problem);
  });
});
