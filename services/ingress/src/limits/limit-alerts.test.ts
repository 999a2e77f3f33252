import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { SendLimit } from '@ardor/rate-limits/read-decisions';
import { beforeEach, expect, it } from '@jest/globals';
import { createLimitAlerts, type LimitAlerts } from './limit-alerts.js';

const HOUR_MS = 3_600_000;
const quotaOf = (clientId: string): ClientQuota => ({
  clientId,
  sendsPerSecond: undefined,
  sendsPerDay: undefined,
  queriesPerSecond: undefined,
  countryCapFloor: 10,
});
const SHOP = quotaOf('shop');

let lines: string[];
let counted: string[];
let refusals: Record<string, number>;
let time: number;
let alerts: LimitAlerts;
beforeEach(() => {
  [lines, counted, refusals, time] = [[], [], {}, 5 * HOUR_MS];
  alerts = createLimitAlerts(
    { warn: (event, fields) => void lines.push(`${event} ${JSON.stringify(fields)}`) },
    {
      countRefusedByLimit: (reason, count) => {
        refusals[reason] = (refusals[reason] ?? 0) + count;
      },
      countNumberRefusedAcrossClients: () => void counted.push('across'),
      countCountryCap: (level) => void counted.push(level),
    },
    () => time,
  );
});

it('a country cap that is reached is told once an hour for each client and country', () => {
  const reach = (quota: ClientQuota, country: string): void =>
    alerts.refusedSend('country_hour_full', 'country_cap_reached', { quota, country });
  for (let send = 0; send < 3; send++) reach(SHOP, 'LV');
  reach(SHOP, 'CN');
  reach(quotaOf('bank'), 'LV');
  time += HOUR_MS - 1;
  reach(SHOP, 'LV');
  expect(lines).toEqual(
    [
      ['shop', 'LV'],
      ['shop', 'CN'],
      ['bank', 'LV'],
    ].map(([client_id, country]) => `country cap reached ${JSON.stringify({ client_id, country })}`),
  );
  time += 1;
  reach(SHOP, 'LV');
  expect(counted).toEqual(Array<string>(4).fill('reached'));
});

it('a country cap that is near is told with its size', () => {
  alerts.nearCountryCap({ quota: SHOP, country: 'LV', cap: 10 });
  expect(lines).toEqual(['country cap near {"client_id":"shop","country":"LV","cap":10}']);
  expect(counted).toEqual(['near']);
});

it('numbers that were refused across clients are told once for each client and report', () => {
  const refuse = (limit: SendLimit, quota = SHOP): void =>
    alerts.refusedSend(limit, 'number_rate_limited', { quota, country: 'CN' });
  for (let send = 0; send < 3; send++) refuse('number_slot_taken_by_another');
  refuse('number_slot_taken_by_another', quotaOf('bank'));
  for (const limit of ['number_slot_taken', 'send_window_full'] as const) refuse(limit);
  expect(lines).toEqual([]);
  alerts.report();
  alerts.report();
  expect(lines).toEqual([
    'numbers refused across clients {"client_id":"shop","count":3}',
    'numbers refused across clients {"client_id":"bank","count":1}',
  ]);
  expect(counted).toEqual(Array<string>(4).fill('across'));
});

it('what a client’s own limits refused is told once for each client, reason and report, and everything is counted', () => {
  const use = { quota: SHOP, country: 'CN' };
  for (let send = 0; send < 2; send++) alerts.refusedSend('client_second_full', 'client_rate_limited', use);
  alerts.refusedSend('client_day_full', 'client_quota_exhausted', use);
  alerts.refusedSend('send_window_full', 'send_rate_limited', use);
  alerts.refusedDestination('country_not_allowed', SHOP);
  alerts.refusedQueries('client_query_rate_limited', SHOP, 40);
  alerts.refusedQueries('query_rate_limited', SHOP, 5);
  alerts.refusedQueries('query_rate_limited', SHOP, 0);
  alerts.report();
  alerts.report();
  expect(lines).toEqual(
    [
      ['client_rate_limited', 2],
      ['client_quota_exhausted', 1],
      ['country_not_allowed', 1],
      ['client_query_rate_limited', 40],
    ].map(([reason, count]) => `client at its limit ${JSON.stringify({ client_id: 'shop', reason, count })}`),
  );
  expect(refusals).toEqual({
    client_rate_limited: 2,
    client_quota_exhausted: 1,
    send_rate_limited: 1,
    country_not_allowed: 1,
    client_query_rate_limited: 40,
    query_rate_limited: 5,
  });
});
