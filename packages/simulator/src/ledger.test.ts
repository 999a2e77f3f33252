import { describe, expect, it } from '@jest/globals';
import { createLedger } from './ledger.js';

describe('the ledger', () => {
  it('keeps the first end of a message', () => {
    const ledger = createLedger();
    ledger.take('a', '+8613800138000', 'id-1');
    ledger.settle('a', 'undelivered', '027');
    ledger.settle('a', 'delivered', '000');
    expect(ledger.find('a')).toMatchObject({ id: 'id-1', state: 'undelivered', code: '027' });
  });

  it('never takes back a taking', () => {
    const ledger = createLedger();
    ledger.take('a', '+8613800138000', 'id-1');
    ledger.refuse('a', '+8617000100000', 'rejected', '013');
    expect(ledger.find('a')).toMatchObject({ id: 'id-1', state: 'taken' });
  });

  it('counts a reference that was refused first and taken later once', () => {
    const ledger = createLedger();
    ledger.refuse('a', '+8617000400000', 'throttled', '');
    ledger.take('a', '+8617000400000', 'id-1');
    expect(ledger.totals()).toEqual({ taken: 1, references: 1, duplicates: [] });
  });

  it('is right, and answers at once, after a million messages', () => {
    const ledger = createLedger();
    for (let n = 0; n < 1_000_000; n += 1) ledger.take(`ref-${n}`, '+8613800138000', `id-${n}`);
    ledger.take('ref-7', '+8613800138000', 'id-x');
    ledger.take('ref-7', '+8613800138000', 'id-y');
    const startedAt = performance.now();
    expect(ledger.totals()).toEqual({ taken: 1_000_002, references: 1_000_000, duplicates: ['ref-7'] });
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
