import { describe, expect, it } from '@jest/globals';
import { RECEIPT_STATUSES, receiptOutcome } from './outcome.js';
import { FAILURES } from '../errors/reasons.js';

describe('receiptOutcome', () => {
  it('says which end each receipt is', () => {
    expect(RECEIPT_STATUSES.map((status) => [status, receiptOutcome(status)])).toEqual([
      ['delivered', { status: 'delivered' }],
      ['undelivered', { status: 'error', reason: 'unreachable' }],
      ['rejected', { status: 'error', reason: 'rejected' }],
      ['expired', { status: 'error', reason: 'expired' }],
    ]);
  });

  it('is always final, with a reason of the catalogue', () => {
    for (const status of RECEIPT_STATUSES) {
      const outcome = receiptOutcome(status);
      expect(['delivered', 'error']).toContain(outcome.status);
      if (outcome.status === 'error') expect(Object.hasOwn(FAILURES, outcome.reason)).toBe(true);
    }
  });
});
