import { MASTER_KEY } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { readIngressConfig } from './config.js';
import { restoreLockMs } from './timing.js';

const NEEDED = { DATABASE_URL: 'postgresql://x/y', REDIS_URL: 'redis://x', ARDOR_MASTER_KEY: MASTER_KEY };

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
