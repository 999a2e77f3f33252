import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { setClientQuota, type QuotaLimits } from '@ardor/store/clients/quota-limits';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { testKeyring } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { freshNumber, message, query, queryBatch, resultsOf, send, sendBatch } from '../../test/requests.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({ QUERY_LIMIT_PER_SECOND: '40', CLIENT_SENDS_PER_DAY: '7' });
});
afterAll(() => ingress.close());

const PASSCODE = 'a-passcode';
const of = (client_id: string) => ({ client_id, passcode: PASSCODE });

/** A client of this test alone; what `limits` do not say is the default. */
async function client(id: string, limits: Partial<QuotaLimits>): Promise<ReturnType<typeof of>> {
  const { database } = ingress.db;
  await createClient(database, { id, name: id, region: 'CN', countries: ['CN', 'LV'] });
  await addPasscode(database, testKeyring(), id, PASSCODE);
  await grantTemplate(database, id, DEMO.templateId);
  await setClientQuota(database, id, limits);
  return of(id);
}

const messages = (count: number, fields = {}) => Array.from({ length: count }, () => message(fields));
const metric = async (name: string): Promise<string | undefined> =>
  new RegExp(`^${name} (\\d+)$`, 'm').exec((await ingress.ops.get('/metrics')).text)?.[1];

describe('a client', () => {
  it('gets 429 beyond its sends a second, and others go on', async () => {
    const fast = await client('fast', { sendsPerSecond: 3, sendsPerDay: 'none' });
    const results = resultsOf(await sendBatch(ingress, messages(5), fast));
    expect(results.map(({ error_code }) => error_code)).toEqual(['0', '0', '0', '429', '429']);
    expect(results[4]).toMatchObject({ reason: 'client_rate_limited', retry_after: '1' });
    const alone = await send(ingress, fast);
    expect(alone.status).toBe(429);
    expect(alone.headers).toMatchObject({
      'retry-after': '1',
      'ratelimit-policy': '"sends-per-second";q=3;w=1',
      ratelimit: '"sends-per-second";r=0;t=1',
    });
    expect((await send(ingress)).status).toBe(200);
    await waitFor(async () => (await send(ingress, fast)).status === 200);
  });

  it('gets 429 beyond its sends of the day, by the default of the settings where it has none of its own', async () => {
    const shop = await client('daily', {});
    expect(resultsOf(await sendBatch(ingress, messages(7), shop)).every(({ error_code }) => error_code === '0')).toBe(
      true,
    );
    const refused = await send(ingress, shop);
    expect(refused.body).toMatchObject({ error_code: '429', reason: 'client_quota_exhausted' });
    const retryAfter = Number(refused.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(86_400);
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': '"sends-per-day";q=7;w=86400',
      ratelimit: `"sends-per-day";r=0;t=${retryAfter}`,
    });
    await setClientQuota(ingress.db.database, 'daily', { sendsPerDay: 8 });
    await waitFor(async () => (await send(ingress, shop)).status === 200);
    expect((await send(ingress, shop)).body).toMatchObject({ reason: 'client_quota_exhausted' });
  });

  it('gets no more than its share of the queries, and others go on', async () => {
    const curious = await client('curious', {});
    const ids = Array<string>(100).fill(DEMO.messageId);
    const reasons = resultsOf(await queryBatch(ingress, ids, curious)).map(({ reason }) => reason);
    // Half of the system's. The message is another client's.
    expect(reasons).toEqual([
      ...Array<string>(20).fill('message_unknown'),
      ...Array<string>(80).fill('client_query_rate_limited'),
    ]);
    const refused = await query(ingress, DEMO.messageId, curious);
    expect(refused.body).toMatchObject({ error_code: '429', reason: 'client_query_rate_limited' });
    expect(refused.headers).toMatchObject({ 'ratelimit-policy': '"queries-per-second";q=20;w=1' });
    expect((await query(ingress, DEMO.messageId)).status).toBe(200);
  });

  it('gets 429 beyond its sends of the hour to a country, and may send to others', async () => {
    const pumped = await client('pumped', { countryCapFloor: 5, sendsPerDay: 'none' });
    const to = (n: number): string => `+3712${String(1_000_000 + n)}`;
    const latvian = Array.from({ length: 6 }, (_, n) => message({ phone_number: to(n) }));
    const results = resultsOf(await sendBatch(ingress, latvian, pumped));
    expect(results.map(({ error_code }) => error_code)).toEqual([...Array<string>(5).fill('0'), '429']);
    const refused = await send(ingress, { ...pumped, phone_number: to(7) });
    expect(refused.body).toMatchObject({ reason: 'country_cap_reached' });
    expect(refused.headers['ratelimit-policy']).toBe('"sends-to-country-per-hour";q=5;w=3600');
    expect((await send(ingress, pumped)).status).toBe(200);
    expect(await metric('ardor_country_caps_total{level="near"}')).toBe('1');
    expect(await metric('ardor_country_caps_total{level="reached"}')).toBe('1');
  });
});

describe('a number that another client has', () => {
  it('is refused, and counted', async () => {
    const victim = await client('victim', {});
    const phone_number = freshNumber();
    await send(ingress, { phone_number });
    const before = Number((await metric('ardor_number_refused_across_clients_total')) ?? 0);
    const refused = await send(ingress, { ...victim, phone_number });
    expect(refused.body).toMatchObject({ reason: 'number_rate_limited' });
    expect(await metric('ardor_number_refused_across_clients_total')).toBe(String(before + 1));
    await send(ingress, { phone_number });
    expect(await metric('ardor_number_refused_across_clients_total')).toBe(String(before + 1));
  });
});
