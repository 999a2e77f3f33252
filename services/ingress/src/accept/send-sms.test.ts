import { DEMO } from '@ardor/domain/message/demo';
import { createSealer } from '@ardor/crypto/sealer';
import { isUuid, uuid7Time } from '@ardor/domain/message/uuid7';
import { createClient, setClientDisabled } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { waitFor } from '@ardor/runtime/wait-for';
import { testKeyring } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshNumber, query, send } from '../../test/requests.js';
import { putTestTemplates } from '../../test/templates.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
  await putTestTemplates(ingress.db.database);
});
afterAll(() => ingress.close());

/** The text that a carrier would get. */
async function storedText(smsUid: string): Promise<string> {
  const rows = await ingress.db.query<{ payload: Buffer }>('SELECT payload FROM messages WHERE id = $1', [smsUid]);
  return createSealer(testKeyring()).open(smsUid, rows[0]?.payload ?? Buffer.alloc(0)).text;
}

describe('the API text’s samples', () => {
  it('accepts the send as it is printed, and answers queuing', async () => {
    const body =
      ' {"client_id":"cookpad_Server_001","passcode":"ARDOR-7JF3-8F2E-QUWZ-CAN7F","phone_number":"13800138000","templet_id":"t1","contents":[{"p1":"8888"}]} ';
    const answer = await ingress.api.post('/api/sms/v1/sendsms').type('json').send(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ sms_uid: expect.any(String), status: 'queuing', error_code: '0' });
    const { sms_uid } = answer.body as { sms_uid: string };
    expect(isUuid(sms_uid)).toBe(true);
    expect(Math.abs(uuid7Time(sms_uid) - Date.now())).toBeLessThan(10_000);
    expect(await storedText(sms_uid)).toBe(
      'Dear Member , your auth code is 8888. The code will expire in 60 seconds. Have a good time! [Cookpad]',
    );
  });

  it('answers the query as it is printed', async () => {
    const body =
      ' {"client_id":"cookpad_Server_001","passcode":"ARDOR-7JF3-8F2E-QUWZ-CAN7F","sms_uid":"550e8400-e29b-41d4-a716-446655440000" }';
    const answer = await ingress.api.post('/api/sms/v1/querysms').type('json').send(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      sms_uid: '550e8400-e29b-41d4-a716-446655440000',
      status: 'delivered',
      error_code: '0',
    });
  });
});

describe('the validity', () => {
  it('counts from the request, by the database’s clock', async () => {
    const { sms_uid } = (await send(ingress)).body as { sms_uid: string };
    const [row] = await ingress.db.query<{ expires: number; accepted: number; validity: number }>(
      `SELECT extract(epoch FROM expires_at)::float8 * 1000 AS expires, extract(epoch FROM accepted_at)::float8 * 1000 AS accepted,
         validity_seconds AS validity FROM messages m JOIN templates t ON t.id = m.template_id WHERE m.id = $1`,
      [sms_uid],
    );
    expect(row?.expires).toBe(uuid7Time(sms_uid) + 1_000 * (row?.validity ?? 0));
    expect(row?.accepted).toBeGreaterThanOrEqual(uuid7Time(sms_uid) - 5);
  });
});

describe('contents', () => {
  it.each([
    ['an array of one object', [{ p1: '8888' }]],
    ['one object', { p1: '8888' }],
    ['a JSON string of an array', '[{"p1":"8888"}]'],
    ['a JSON string of an object', '{"p1":"8888"}'],
    ['a name', { code: '8888' }],
    ['a number', { code: 8888 }],
  ])('may be %s', async (_, contents) => {
    const answer = await send(ingress, { contents });
    expect(answer.status).toBe(200);
    expect(await storedText((answer.body as { sms_uid: string }).sms_uid)).toContain('code is 8888.');
  });

  it.each([[{ p1: 'Tom', p2: '1' }], [[{ p1: 'Tom' }, { p2: '1' }]], [{ code: '1', who: 'Tom' }]])(
    'fills distinct placeholders by first appearance or by name: %j',
    async (contents) => {
      const answer = await send(ingress, { templet_id: 'two', contents });
      expect(await storedText((answer.body as { sms_uid: string }).sms_uid)).toBe('Tom, your code is 1. Tom!');
    },
  );

  it('puts values in literally and once', async () => {
    const answer = await send(ingress, { templet_id: 'two', contents: { who: '${code}', code: '$&' } });
    expect(await storedText((answer.body as { sms_uid: string }).sms_uid)).toBe('${code}, your code is $&. ${code}!');
  });

  it.each([[[]], [{}], ['[]'], ['{}']])('is empty for a template without placeholders: %j', async (contents) => {
    expect((await send(ingress, { templet_id: 'none', contents })).status).toBe(200);
  });

  it.each([
    ['missing', 'two', { who: 'Tom' }, 'invalid_contents'],
    ['extra', 't1', { p1: '1', p2: '2' }, 'invalid_contents'],
    ['mixed', 'two', { p1: 'Tom', code: '1' }, 'invalid_contents'],
    ['repeated', 't1', [{ p1: '1' }, { p1: '2' }], 'repeated_key'],
    ['null', 't1', { p1: null }, 'invalid_contents'],
    ['nested', 't1', { p1: { a: 1 } }, 'invalid_contents'],
    ['not JSON', 't1', 'p1=8888', 'invalid_contents'],
    ['a JSON string of a scalar', 't1', '8', 'invalid_contents'],
    ['repeated inside a JSON string', 't1', '{"p1":"1","p1":"2"}', 'repeated_key'],
    ['an array of an array', 't1', [[{ p1: '1' }]], 'invalid_contents'],
  ])('is refused when %s', async (_, templet_id, contents, reason) => {
    const answer = await send(ingress, { templet_id, contents });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ status: 'error', error_code: '400', reason });
  });
});

describe('a message', () => {
  it('is stored with its lane and its validity, sealed, and queued as an id', async () => {
    const phone = freshNumber();
    const answer = await send(ingress, {
      templet_id: 'two',
      contents: { p1: 'Tom', p2: 'canary77' },
      phone_number: phone,
    });
    const { sms_uid } = answer.body as { sms_uid: string };
    const [row] = await ingress.db.query<Record<string, unknown>>(
      `SELECT *, extract(epoch FROM expires_at - now()) AS left, encode(payload, 'escape') AS raw FROM messages WHERE id = $1`,
      [sms_uid],
    );
    expect(row).toMatchObject({
      client_id: DEMO.clientId,
      template_id: 'two',
      lane: 'notify',
      status: 'queuing',
      attempts: 0,
    });
    expect(Number(row?.['left'])).toBeGreaterThan(50);
    expect(Number(row?.['left'])).toBeLessThanOrEqual(60);
    expect(JSON.stringify(row)).not.toMatch(new RegExp(`canary77|${phone.slice(3)}`));
    const job = await waitFor(async () => {
      const data = await ingress.redis.redis.hget(`${ingress.redis.prefix}:notify:${sms_uid}`, 'data');
      return data ?? undefined;
    });
    expect(JSON.parse(job)).toEqual({ v: 1, ids: [sms_uid] });
  });

  it('is read in its client’s region', async () => {
    const { database } = ingress.db;
    await createClient(database, { id: 'us', name: 'us', region: 'US' });
    await addPasscode(database, testKeyring(), 'us', 'a-passcode');
    await grantTemplate(database, 'us', 't1');
    const us = { client_id: 'us', passcode: 'a-passcode' };
    expect((await send(ingress, { ...us, phone_number: '(201) 555-0123' })).status).toBe(200);
    expect((await send(ingress, { ...us, phone_number: '13800138001' })).status).toBe(400);
    expect((await query(ingress, DEMO.messageId, us)).status).toBe(404);
  });

  it('of a disabled client is refused, with 403', async () => {
    const { database } = ingress.db;
    await createClient(database, { id: 'off', name: 'off', region: 'CN' });
    await addPasscode(database, testKeyring(), 'off', 'a-passcode');
    await setClientDisabled(database, 'off', true);
    const answer = await send(ingress, { client_id: 'off', passcode: 'a-passcode' });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ reason: 'client_disabled' });
  });
});

it('answers 404 for an unknown path, and 405 with Allow for another method', async () => {
  const unknown = await ingress.api.post('/nothing').send({});
  expect(unknown).toMatchObject({ status: 404, body: { error_code: '404', reason: 'route_unknown' } });
  const wrongMethod = await ingress.api.get('/api/sms/v1/sendsms');
  expect(wrongMethod).toMatchObject({
    status: 405,
    headers: { allow: 'POST' },
    body: { error_code: '405', reason: 'method_not_allowed' },
  });
});
