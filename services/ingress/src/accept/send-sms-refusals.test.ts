import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, send, sendBody } from '../../test/requests.js';
import { putTestTemplates } from '../../test/templates.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
  await putTestTemplates(ingress.db.database);
});
afterAll(() => ingress.close());

describe('a refusal', () => {
  it('has the documented body and the request’s id', async () => {
    const answer = await send(ingress, { phone_number: '12' }).set('x-request-id', 'my-request-42');
    expect(answer.status).toBe(400);
    expect(answer.headers['x-request-id']).toBe('my-request-42');
    expect(answer.body).toEqual({
      sms_uid: '',
      status: 'error',
      error_code: '400',
      reason: 'invalid_phone_number',
      message: expect.any(String),
      request_id: 'my-request-42',
    });
  });

  it.each([
    ['no phone_number', { phone_number: undefined }, 400, 'invalid_request'],
    ['a phone_number that is no string', { phone_number: 13800138000 }, 400, 'invalid_request'],
    ['no templet_id', { templet_id: undefined }, 400, 'invalid_request'],
    ['no contents', { contents: undefined }, 400, 'invalid_request'],
    ['contents of a wrong type', { contents: 8 }, 400, 'invalid_request'],
    ['an unknown field', { template_id: 't1' }, 400, 'invalid_request'],
    ['a landline', { phone_number: '+861012345678' }, 400, 'invalid_phone_number'],
    ['words around the number', { phone_number: 'call 13800138000' }, 400, 'invalid_phone_number'],
    ['an unknown template', { templet_id: 't2' }, 404, 'template_unknown'],
    ['a template id that cannot be', { templet_id: 'a\u0000b' }, 404, 'template_unknown'],
    ['a template of others', { templet_id: 'foreign', contents: {} }, 403, 'template_not_granted'],
    ['a wrong passcode', { passcode: 'ARDOR-0000' }, 401, 'invalid_passcode'],
    ['an empty passcode', { passcode: '' }, 401, 'invalid_passcode'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_passcode'],
    ['a client id that cannot be', { client_id: 'no\u0000body' }, 401, 'invalid_passcode'],
    ['an overlong client id', { client_id: 'x'.repeat(129) }, 401, 'invalid_passcode'],
    ['no passcode', { passcode: undefined }, 401, 'credentials_missing'],
    ['a passcode that is no string', { passcode: 1 }, 401, 'credentials_missing'],
  ])('is given for %s', async (_, fields, status, reason) => {
    const answer = await send(ingress, fields);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ sms_uid: '', status: 'error', error_code: String(status), reason });
  });

  it('is the same for an unknown client and a wrong passcode', async () => {
    const [unknown, wrong] = await Promise.all([
      send(ingress, { client_id: 'nobody' }),
      send(ingress, { passcode: 'x' }),
    ]);
    expect({ ...unknown.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });

  it('checks credentials in the header before the body, and credentials in the body after its JSON', async () => {
    const post = (authorization: string) =>
      ingress.api.post('/api/sms/v1/sendsms').set({ authorization, 'content-type': 'application/json' }).send('{');
    const basic = (passcode: string) => `Basic ${btoa(`${CREDENTIALS.client_id}:${passcode}`)}`;
    expect((await post(basic('x'))).body).toMatchObject({ reason: 'invalid_passcode' });
    expect((await post('Bearer abc')).body).toMatchObject({ reason: 'credentials_missing' });
    expect((await post(basic(CREDENTIALS.passcode))).body).toMatchObject({ reason: 'invalid_json' });
  });

  it('checks credentials before the schema, and the schema before the template', async () => {
    expect((await send(ingress, { passcode: 'x', phone_number: 1 })).status).toBe(401);
    expect((await send(ingress, { phone_number: 1, templet_id: 't2' })).status).toBe(400);
    expect((await send(ingress, { phone_number: 'x', templet_id: 't2' })).status).toBe(404);
  });
});

describe('the body', () => {
  const postRaw = (body: string | Buffer, type = 'application/json') =>
    ingress.api
      .post('/api/sms/v1/sendsms')
      .set('content-type', type)
      .serialize((raw: unknown) => raw as string)
      .send(body);

  it.each([
    ['broken JSON', '{"client_id":', 400, 'invalid_json'],
    ['an array', '[]', 400, 'invalid_json'],
    ['null', 'null', 400, 'invalid_json'],
    ['nothing', '', 400, 'invalid_json'],
    ['a key twice', '{"client_id":"a","client_id":"b"}', 400, 'repeated_key'],
  ])('that is %s is refused', async (_, body, status, reason) => {
    const answer = await postRaw(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ reason });
  });

  it('that is not UTF-8 is refused', async () => {
    const answer = await postRaw(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect(answer.body).toMatchObject({ reason: 'invalid_json' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'of type %s is refused',
    async (type) => {
      const answer = await postRaw(JSON.stringify(sendBody()), type);
      expect(answer.status).toBe(415);
      expect(answer.body).toMatchObject({ error_code: '415', reason: 'unsupported_media_type' });
    },
  );

  it('may say its charset', async () => {
    expect((await postRaw(JSON.stringify(sendBody()), 'application/json; charset=utf-8')).status).toBe(200);
  });

  it('may have MAX_BODY_BYTES and not one more', async () => {
    const body = JSON.stringify(sendBody());
    const padded = (size: number): string => body + ' '.repeat(size - Buffer.byteLength(body));
    expect((await postRaw(padded(16_384))).status).toBe(200);
    const answer = await postRaw(padded(16_385));
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ error_code: '413', reason: 'body_too_large' });
  });

  it('may have MAX_JSON_VALUES commas and opening brackets, and not one more', async () => {
    // The fields of this body have 6, the array has the rest.
    const spaced = (values: number) => send(ingress, { contents: Array.from({ length: values - 5 }, () => 1) });
    expect((await spaced(1_024)).body).toMatchObject({ reason: 'invalid_contents' });
    const answer = await spaced(1_025);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ reason: 'json_too_complex', message: expect.stringContaining('1024') });
  });

  it('may be nested 8 levels deep, and not one more', async () => {
    const nested = (levels: number) => ({ contents: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown });
    expect((await send(ingress, nested(7))).body).toMatchObject({ reason: 'invalid_contents' });
    const answer = await send(ingress, nested(8));
    expect(answer.body).toMatchObject({ reason: 'json_too_complex', message: expect.stringContaining('8 levels') });
  });

  it('that is nested deep is refused before it is parsed, and before its credentials', async () => {
    expect((await postRaw('{"a":' + '['.repeat(10_000))).body).toMatchObject({ reason: 'json_too_complex' });
  });

  it('may have MAX_SEGMENTS of text and not one more', async () => {
    const fixed =
      'Dear Member , your auth code is . The code will expire in 60 seconds. Have a good time! ~Cookpad~'.length + 2;
    const room = 10 * 153 - fixed;
    expect((await send(ingress, { contents: { p1: 'a'.repeat(room) } })).status).toBe(200);
    const answer = await send(ingress, { contents: { p1: 'a'.repeat(room + 1) } });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ reason: 'text_too_long' });
  });
});

describe('credentials', () => {
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const nothing = { client_id: undefined, passcode: undefined };

  it('may come as HTTP Basic', async () => {
    const answer = await send(ingress, nothing).set(
      'authorization',
      basic(CREDENTIALS.client_id, CREDENTIALS.passcode),
    );
    expect(answer.status).toBe(200);
  });

  it.each([
    ['a wrong password', basic(CREDENTIALS.client_id, 'x'), nothing, 'invalid_passcode'],
    ['another scheme', 'Bearer abc', nothing, 'credentials_missing'],
    ['no colon', `Basic ${Buffer.from('abc').toString('base64')}`, nothing, 'credentials_missing'],
    [
      'others in the body',
      basic(CREDENTIALS.client_id, CREDENTIALS.passcode),
      { client_id: 'other', passcode: CREDENTIALS.passcode },
      'credentials_conflict',
    ],
    ['another client than the body', basic('other', CREDENTIALS.passcode), {}, 'invalid_passcode'],
    [
      'half of others in the body',
      basic(CREDENTIALS.client_id, CREDENTIALS.passcode),
      { client_id: undefined, passcode: 'x' },
      'credentials_conflict',
    ],
  ])('are refused as HTTP Basic with %s', async (_, authorization, fields, reason) => {
    const answer = await send(ingress, fields).set('authorization', authorization);
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ reason });
  });
});
