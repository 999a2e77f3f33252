import { DEMO } from '@ardor/domain/message/demo';
import { CODES_WITHOUT_COUNTRY } from '@ardor/domain/phone/destinations';
import { waitFor } from '@ardor/runtime/wait-for';
import { setClientDestinations } from '@ardor/store/clients/client-destinations';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { testKeyring } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { freshNumber, message, resultsOf, send, sendBatch } from '../../test/requests.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
});
afterAll(() => ingress.close());

const PASSCODE = 'a-passcode';

/** A client of one test alone, in region CN. */
async function client(id: string, countries?: string[], prefixes?: string[]) {
  const { database } = ingress.db;
  await createClient(database, { id, name: id, region: 'CN', ...(countries && { countries }) });
  if (prefixes) await setClientDestinations(database, id, { prefixes });
  await addPasscode(database, testKeyring(), id, PASSCODE);
  await grantTemplate(database, id, DEMO.templateId);
  return { client_id: id, passcode: PASSCODE };
}

const LATVIAN = '+37121234567';
const OTHER_LATVIAN = '+37121234568';
const SATELLITE = '+881612345678';
const PREMIUM = '+979123456789';

describe('a number of a country that the client may not send to', () => {
  it('is refused by default, with 403 that names country and command, and takes nothing', async () => {
    const shop = await client('shop');
    const refused = await send(ingress, { ...shop, phone_number: LATVIAN });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      reason: 'country_not_allowed',
      message: 'This client may not send to numbers of LV. The operator can allow it: ardor client countries shop.',
    });
    expect((await send(ingress, shop)).status).toBe(200);
    // The demo client may send anywhere, and the number's slot is free.
    expect((await send(ingress, { phone_number: LATVIAN })).status).toBe(200);
  });

  it('is accepted once the operator allows it', async () => {
    const late = await client('late');
    const to = { ...late, phone_number: OTHER_LATVIAN };
    expect((await send(ingress, to)).body).toMatchObject({ reason: 'country_not_allowed' });
    await setClientDestinations(ingress.db.database, 'late', { countries: ['LV'] });
    await waitFor(async () => (await send(ingress, to)).status === 200);
    expect((await send(ingress, late)).body).toMatchObject({ reason: 'country_not_allowed' });
  });

  it('is told from one that shares the calling code', async () => {
    const american = await client('american', ['US']);
    expect((await send(ingress, { ...american, phone_number: '+12015550123' })).status).toBe(200);
    // Jamaica.
    const refused = await send(ingress, { ...american, phone_number: '+18762101234' });
    expect(refused.body).toMatchObject({ reason: 'country_not_allowed', message: expect.stringContaining('JM') });
  });

  it('is refused alone in a batch', async () => {
    const mixed = await client('mixed');
    const messages = [message(), message({ phone_number: LATVIAN }), message()];
    const counted = 'ardor_refused_by_limit_total{reason="country_not_allowed"}';
    const count = async (): Promise<number> =>
      Number((await ingress.ops.get('/metrics')).text.split(`${counted} `)[1]?.split('\n')[0]);
    const before = await count();
    expect(resultsOf(await sendBatch(ingress, messages, mixed)).map(({ reason }) => reason)).toEqual([
      undefined,
      'country_not_allowed',
      undefined,
    ]);
    expect(await count()).toBe(before + 1);
  });
});

describe('a number outside of the client’s prefixes', () => {
  it('is refused with 403 that names them', async () => {
    const narrow = await client('narrow', undefined, ['+86137', '+86138']);
    expect((await send(ingress, { ...narrow, phone_number: freshNumber() })).status).toBe(200);
    const refused = await send(ingress, { ...narrow, phone_number: '+8613900000001' });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({
      reason: 'prefix_not_allowed',
      message:
        'A number that this client sends to begins with +86137, +86138. The operator can change this: ardor client prefixes narrow.',
    });
  });

  it('is told five of many', async () => {
    const digits = ['0', '1', '2', '3', '4', '5', '6'];
    const many = await client(
      'many',
      undefined,
      digits.map((digit) => `+8613${digit}`),
    );
    const answer = await send(ingress, { ...many, phone_number: '+8613900000001' });
    expect(answer.body).toMatchObject({ message: expect.stringContaining('+86134 or one of 2 others') });
  });

  it('is refused also where it begins with one, in another country', async () => {
    const both = await client('both', undefined, ['+371']);
    expect((await send(ingress, { ...both, phone_number: LATVIAN })).body).toMatchObject({
      reason: 'country_not_allowed',
    });
  });
});

describe('a number of no country', () => {
  const examples = {
    '+800': '+80012345678',
    '+808': '+80812345678',
    '+870': '+870773111632',
    '+878': '+878101234567890',
    '+881': SATELLITE,
    '+882': '+88216123456',
    '+883': '+883510000000094',
    '+888': '+88812345678901',
    '+979': PREMIUM,
  };

  it('is refused with a word of its own, also for a client that may send to any country', async () => {
    expect(Object.keys(examples)).toEqual([...CODES_WITHOUT_COUNTRY]);
    const refused = await Promise.all(
      Object.entries(examples).map(async ([code, phone_number]) => {
        const answer = await send(ingress, { phone_number });
        const { reason, message: sentence } = answer.body as { reason: string; message: string };
        return { code, status: answer.status, reason, sentence };
      }),
    );
    for (const { code, ...refusal } of refused)
      expect(refusal).toEqual({
        status: 403,
        reason: 'number_not_geographic',
        sentence: `${code} belongs to no country. The operator can allow it by its code: ardor client countries ${DEMO.clientId}.`,
      });
  });

  it('is accepted where its code is named, and no other code', async () => {
    const ships = await client('ships', ['any', '+881']);
    expect((await send(ingress, { ...ships, phone_number: SATELLITE })).status).toBe(200);
    expect((await send(ingress, { ...ships, phone_number: PREMIUM })).body).toMatchObject({
      reason: 'number_not_geographic',
    });
  });
});
