import type { ClientQuota } from '@ardor/rate-limits/client-quota';
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
let time: number;
let alerts: LimitAlerts;
beforeEach(() => {
  [lines, counted, time] = [[], [], 5 * HOUR_MS];
  alerts = createLimitAlerts(
    { warn: (event, fields) => void lines.push(`${event} ${JSON.stringify(fields)}`) },
    {
      countNumberRefusedAcrossClients: () => void counted.push('across'),
      countCountryCap: (level) => void counted.push(level),
    },
    () => time,
  );
});

it('a country cap that is reached is told once an hour for each client and country', () => {
  const reach = (quota: ClientQuota, country: string): void => alerts.refused('country_hour_full', quota, country);
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
  for (let send = 0; send < 3; send++) alerts.refused('number_slot_taken_by_another', SHOP, 'CN');
  alerts.refused('number_slot_taken_by_another', quotaOf('bank'), 'CN');
  for (const limit of ['number_slot_taken', 'client_second_full', 'send_window_full'] as const)
    alerts.refused(limit, SHOP, 'CN');
  expect(lines).toEqual([]);
  alerts.report();
  alerts.report();
  expect(lines).toEqual([
    'numbers refused across clients {"client_id":"shop","count":3}',
    'numbers refused across clients {"client_id":"bank","count":1}',
  ]);
  expect(counted).toEqual(Array<string>(4).fill('across'));
});
