import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { QuotaUse } from '@ardor/rate-limits/pack-quotas';
import { beforeEach, expect, it } from '@jest/globals';
import { createSpentQuotas, type SpentQuotas } from './spent-quotas.js';

const use = (clientId: string, country = 'CN'): QuotaUse => {
  const quota: ClientQuota = {
    clientId,
    sendsPerSecond: 1,
    sendsPerDay: 1,
    queriesPerSecond: undefined,
    countryCapFloor: 1,
  };
  return { quota, country };
};
const SHOP = use('shop');

let time: number;
let spent: SpentQuotas;
beforeEach(() => {
  time = 5_000;
  spent = createSpentQuotas(() => time);
});

it('a second that is full is known until there is room, for this client alone', () => {
  spent.remember({ kind: 'client_second_full', retryAfterMs: 1_050 }, SHOP);
  expect(spent.find(use('bank'))).toBeUndefined();
  time += 1_049;
  expect(spent.find(use('shop', 'LV'))).toEqual({ kind: 'client_second_full', retryAfterMs: 1 });
  time += 1;
  expect(spent.find(SHOP)).toBeUndefined();
});

it.each(['client_day_full', 'country_hour_full'] as const)('%s is known for a second', (kind) => {
  spent.remember({ kind, retryAfterMs: 60_000 }, SHOP);
  time += 999;
  expect(spent.find(SHOP)).toEqual({ kind, retryAfterMs: 59_001 });
  time += 1;
  expect(spent.find(SHOP)).toBeUndefined();
});

it('a country’s hour is known for this country alone', () => {
  spent.remember({ kind: 'country_hour_full', retryAfterMs: 60_000 }, SHOP);
  expect(spent.find(use('shop', 'LV'))).toBeUndefined();
});

it('an hour that is known outlasts a second that is over', () => {
  spent.remember({ kind: 'client_second_full', retryAfterMs: 100 }, SHOP);
  spent.remember({ kind: 'country_hour_full', retryAfterMs: 60_000 }, SHOP);
  time += 100;
  expect(spent.find(SHOP)?.kind).toBe('country_hour_full');
});

it.each(['number_slot_taken', 'number_slot_taken_by_another', 'send_window_full'] as const)(
  '%s is no quota of the client, and the limiter is asked again',
  (kind) => {
    spent.remember({ kind, retryAfterMs: 60_000 }, SHOP);
    expect(spent.find(SHOP)).toBeUndefined();
  },
);
