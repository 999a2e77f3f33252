import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import { createCountryDays, type CountryDays, type CountrySends } from '@ardor/store/clients/country-days';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { StoreError } from '@ardor/store/sql/store-error';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createCountryCaps } from './country-caps.js';

let db: TestDatabase<Database>;
let countryDays: CountryDays;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  countryDays = createCountryDays(db.database);
});
afterAll(() => db.drop());
beforeEach(() => db.query('DELETE FROM country_days'));

const quota = (countryCapFloor: number | undefined, clientId = 'shop'): ClientQuota => ({
  clientId,
  sendsPerSecond: undefined,
  sendsPerDay: undefined,
  queriesPerSecond: undefined,
  countryCapFloor,
});
const accepted = (count: number, country: string) =>
  Array.from({ length: count }, () => ({ quota: quota(1_000), country }));
const age = (days: number) => db.query('UPDATE country_days SET day = day - $1::int', [days]);

describe('the cap of a client and country', () => {
  it('is the floor where nothing was learned, and none where the client has no floor', async () => {
    const caps = createCountryCaps({ countryDays, factor: 3 });
    await caps.refresh();
    expect(caps.capOf(quota(1_000), 'LV')).toBe(1_000);
    expect(caps.capOf(quota(undefined), 'LV')).toBeUndefined();
  });

  it.each([
    [0, 10],
    [1, 60],
    [7, 60],
    [8, 10],
  ])('learned from the highest hour %d days ago is %d', async (days, cap) => {
    const caps = createCountryCaps({ countryDays, factor: 3 });
    caps.count([...accepted(12, 'LV'), ...accepted(1, 'CN')]);
    await caps.flush();
    caps.count(accepted(8, 'LV'));
    await caps.flush();
    await caps.flush();
    await age(days);
    await caps.refresh();
    expect(caps.capOf(quota(10), 'LV')).toBe(cap);
    expect(caps.capOf(quota(10), 'CN')).toBe(10);
    expect(caps.capOf(quota(10, 'bank'), 'LV')).toBe(10);
  });

  it('is learned from the highest hour of a day, not from its sum', async () => {
    await countryDays.add([{ clientId: 'shop', country: 'LV', sends: 50 }]);
    await db.query('UPDATE country_days SET hour = (hour + 1) % 24');
    await countryDays.add([{ clientId: 'shop', country: 'LV', sends: 20 }]);
    await age(1);
    expect(await countryDays.highestHours(7)).toEqual([{ clientId: 'shop', country: 'LV', sends: 50 }]);
  });

  it('is learned from what several copies counted', async () => {
    const copies = [1, 2].map(() => createCountryCaps({ countryDays, factor: 2 }));
    for (let round = 0; round < 10; round++) {
      for (const copy of copies) copy.count([...accepted(2, 'LV'), ...accepted(1, 'CN')]);
      await Promise.all(copies.map((copy) => copy.flush()));
    }
    await age(1);
    await copies[0]?.refresh();
    expect(copies[0]?.capOf(quota(1), 'LV')).toBe(80);
    expect(copies[0]?.capOf(quota(1), 'CN')).toBe(40);
  });

  it('adds what was certainly not stored again, and nothing else', async () => {
    const added: (readonly CountrySends[])[] = [];
    let failure: StoreError | undefined;
    const caps = createCountryCaps({
      factor: 3,
      countryDays: {
        add: (counted) => {
          added.push(counted);
          return failure ? Promise.reject(failure) : Promise.resolve();
        },
        highestHours: () => Promise.resolve([]),
      },
    });
    const fail = (certainlyNotStored: boolean): void => {
      failure = Object.assign(Object.create(StoreError.prototype) as StoreError, { certainlyNotStored });
    };
    caps.count(accepted(2, 'LV'));
    fail(true);
    await expect(caps.flush()).rejects.toBe(failure);
    caps.count(accepted(1, 'LV'));
    fail(false);
    await expect(caps.flush()).rejects.toBe(failure);
    failure = undefined;
    await caps.flush();
    expect(added).toEqual([2, 3].map((sends) => [{ clientId: 'shop', country: 'LV', sends }]));
  });

  it('days from which nothing is learned any more are deleted', async () => {
    await countryDays.add([{ clientId: 'shop', country: 'LV', sends: 1 }]);
    await age(7);
    expect(await countryDays.deleteOlderThan(7)).toBe(0);
    await age(1);
    expect(await countryDays.deleteOlderThan(7)).toBe(1);
  });
});
