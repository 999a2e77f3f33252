import type { SlotRefusal } from '@ardor/rate-limits/read-decisions';
import { expect, it } from '@jest/globals';
import type { PreparedMessage } from './prepare-message.js';
import { createRefuseEarly } from './refuse-early.js';

const MESSAGE = {
  lane: 'otp',
  country: 'LV',
  quota: { clientId: 'c', sendsPerSecond: 20, sendsPerDay: 300, queriesPerSecond: undefined, countryCapFloor: 4 },
} as PreparedMessage;

let told: string[] = [];
const refusing = (isTooOld: boolean, spent?: SlotRefusal) => {
  told = [];
  return createRefuseEarly({
    isBacklogTooOld: () => isTooOld,
    spentQuotas: { find: () => spent },
    countryCap: () => 900,
    alerts: { refusedSend: (limit, reason) => void told.push(limit, reason) },
  })(MESSAGE);
};

it('a message is refused early for an old backlog or for a used-up quota, and for nothing else', () => {
  expect(refusing(false)).toBeUndefined();
  expect(refusing(true, { kind: 'client_day_full', retryAfterMs: 1 })).toMatchObject({
    reason: 'overloaded',
    status: 503,
    retryAfterSeconds: 5,
  });
});

it.each([
  ['client_second_full', 'client_rate_limited', 'sends-per-second', 20, 1, 2],
  ['client_day_full', 'client_quota_exhausted', 'sends-per-day', 300, 86_400, 3],
  ['country_hour_full', 'country_cap_reached', 'sends-to-country-per-hour', 900, 3_600, 3],
] as const)('%s is told as the limiter’s own refusal is', (kind, reason, name, quota, windowSeconds, seconds) => {
  expect(refusing(false, { kind, retryAfterMs: 2_050 })).toMatchObject({
    ...{ reason, status: 429, retryAfterSeconds: seconds },
    rateLimit: { name, quota, windowSeconds },
  });
  expect(told).toEqual([kind, reason]);
});
