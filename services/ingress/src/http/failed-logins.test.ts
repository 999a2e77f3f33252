import type { LogFields } from '@ardor/runtime/observability/log-fields';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFailedLogins, type FailedLogins } from './failed-logins.js';

const LIMIT = 3;

let lines: [string, LogFields | undefined][];
let counted: string[];
let clock: number;
let failedLogins: FailedLogins;
beforeEach(() => {
  lines = [];
  counted = [];
  clock = 0;
  failedLogins = createFailedLogins({
    part: 'api',
    limit: LIMIT,
    log: { warn: (event, fields) => void lines.push([event, fields]) },
    count: (part, reason, clientId) => void counted.push(`${part} ${reason} ${clientId ?? ''}`.trim()),
    now: () => clock,
  });
});

const fail = (address: string | undefined, clientId?: string, times = 1): void => {
  const reason = clientId === undefined ? 'client_unknown' : 'passcode_wrong';
  for (let n = 0; n < times; n++) failedLogins.record({ reason, address, clientId, requestId: 'a-request' });
};

describe('failed log-ins', () => {
  it('are limited by address from the limit on, until the minute ends', () => {
    fail('192.0.2.1', 'shop', LIMIT - 1);
    expect(failedLogins.retryAfterSeconds('192.0.2.1')).toBeUndefined();
    fail('192.0.2.1');
    clock = 20_000;
    expect(failedLogins.retryAfterSeconds('192.0.2.1')).toBe(40);
    expect(failedLogins.retryAfterSeconds('192.0.2.2')).toBeUndefined();
    clock = 60_000;
    failedLogins.tell();
    expect(failedLogins.retryAfterSeconds('192.0.2.1')).toBeUndefined();
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', 3],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', undefined],
    ['::ffff:192.0.2.1', '192.0.2.1', 3],
    ['not an address', undefined, 3],
  ])('of %s and %s: limited after %s of the first', (one, other, limited) => {
    fail(one, undefined, LIMIT);
    expect(failedLogins.retryAfterSeconds(other) === undefined).toBe(limited === undefined);
  });

  it('have a line at once for the first of an address', () => {
    fail('192.0.2.1', 'shop', 5);
    fail('2001:db8::1');
    fail('<b>');
    const common = { part: 'api', request_id: 'a-request' };
    expect(lines).toEqual([
      ['log-in failed', { ...common, reason: 'passcode_wrong', address: '192.0.2.1', client_id: 'shop' }],
      ['log-in failed', { ...common, reason: 'client_unknown', address: '2001:db8::1' }],
      ['log-in failed', { ...common, reason: 'client_unknown', address: 'unknown' }],
    ]);
  });

  it('are told by address and by client once a minute, where there was more than one', () => {
    fail('192.0.2.1', 'shop', 2);
    fail('192.0.2.2', 'shop');
    fail('192.0.2.2', undefined, 3);
    fail('192.0.2.3', 'bank');
    lines = [];
    failedLogins.tell();
    expect(lines).toEqual([
      ['log-ins failed', { part: 'api', address: '192.0.2.2', count: 4 }],
      ['log-ins failed', { part: 'api', address: '192.0.2.1', count: 2 }],
      ['log-ins failed', { part: 'api', client_id: 'shop', count: 3 }],
    ]);
    lines = [];
    failedLogins.tell();
    expect(lines).toEqual([]);
  });

  it('write twenty lines of a kind in a minute at most, and are all counted', () => {
    const addresses = Array.from({ length: 25 }, (_, n) => `192.0.2.${n}`);
    for (const address of addresses) fail(address, `client-${address}`, 2);
    expect(lines).toHaveLength(20);
    lines = [];
    failedLogins.tell();
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toEqual(['log-ins failed', { part: 'api', count: 50 }]);
    expect(counted).toHaveLength(50);
    expect(counted[0]).toBe('api passcode_wrong client-192.0.2.0');
  });

  it('keep ten thousand addresses in a minute, and no more', () => {
    for (let n = 0; n < 10_000; n++) fail(`10.0.${n >> 8}.${n & 255}`);
    fail('192.0.2.1', undefined, LIMIT);
    fail('10.0.0.0', undefined, LIMIT);
    expect(failedLogins.retryAfterSeconds('192.0.2.1')).toBeUndefined();
    expect(failedLogins.retryAfterSeconds('10.0.0.0')).toBe(60);
  });
});
