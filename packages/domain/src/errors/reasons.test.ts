import { describe, expect, it } from '@jest/globals';
import { FAILURES, refuse, REFUSAL_REASONS } from './reasons.js';

const DOCUMENTED = [400, 401, 403, 404, 405, 408, 413, 415, 417, 429, 431, 500, 503];

describe('the catalogue', () => {
  it.each(REFUSAL_REASONS)('%s has a documented status and a sentence', (reason) => {
    const refusal = refuse(reason);
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(refusal.reason).toBe(reason);
    expect(DOCUMENTED).toContain(refusal.status);
    expect(refusal.message).toMatch(/^\S.{10,}\.$/);
    expect(refusal).not.toHaveProperty('retryAfterSeconds');
  });

  it('uses every documented status', () => {
    expect([...new Set(REFUSAL_REASONS.map((reason) => refuse(reason).status))].sort()).toEqual(DOCUMENTED);
  });

  it.each(Object.entries(FAILURES))('%s of querysms has a sentence', (word, sentence) => {
    expect(word).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(sentence).toMatch(/^\S.{10,}\.$/);
  });

  // A client may switch on them: adding is fine, renaming and removing is not.
  it('still has the words that were given out', () => {
    expect(REFUSAL_REASONS).toEqual(
      expect.arrayContaining(['number_rate_limited', 'send_rate_limited', 'query_rate_limited', 'invalid_passcode']),
    );
    expect(Object.keys(FAILURES)).toEqual(
      expect.arrayContaining(['rejected', 'unreachable', 'expired', 'outcome_unknown', 'gateway_unavailable']),
    );
  });
});

describe('refuse', () => {
  it('puts a detail in place of the sentence, and keeps the status', () => {
    expect(refuse('invalid_contents', { message: 'missing: p1' })).toEqual({
      reason: 'invalid_contents',
      status: 400,
      message: 'missing: p1',
    });
  });

  it('carries the seconds until another try, also none', () => {
    expect(refuse('number_rate_limited', { retryAfterSeconds: 42 })).toMatchObject({
      status: 429,
      retryAfterSeconds: 42,
    });
    expect(refuse('send_rate_limited', { retryAfterSeconds: 0 })).toMatchObject({ retryAfterSeconds: 0 });
  });
});
