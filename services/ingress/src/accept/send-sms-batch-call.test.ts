import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, freshNumber, message, resultsOf, send, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const MAX_BYTES = 300_000;

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({
    CLIENT_CACHE_MS: '5000',
    MAX_BATCH_BODY_BYTES: String(MAX_BYTES),
  });
});
afterAll(() => ingress.close());

const messages = (count: number): unknown[] => Array.from({ length: count }, () => message());
const basic = (passcode: string): string =>
  `Basic ${Buffer.from(`${CREDENTIALS.client_id}:${passcode}`).toString('base64')}`;
const postRaw = (body: string, headers: Record<string, string> = {}) =>
  ingress.api
    .post('/api/sms/v1/sendsms/batch')
    .set({ 'content-type': 'application/json', ...headers })
    .serialize((raw: unknown) => raw as string)
    .send(body);
const rows = async (): Promise<number> =>
  Number((await ingress.db.query<{ count: string }>('SELECT count(*) FROM messages'))[0]?.count);

/** Posts a batch that must be refused as a whole, and looks that nothing of it was stored. */
async function expectRefused(post: () => ReturnType<typeof postRaw>, status: number, reason: string): Promise<void> {
  const before = await rows();
  const answer = await post();
  expect(answer.status).toBe(status);
  expect(answer.body).toEqual({
    ...{ sms_uid: '', status: 'error', error_code: String(status), reason },
    ...{ message: expect.any(String), request_id: answer.headers['x-request-id'] },
  });
  expect(await rows()).toBe(before);
}

describe('the number of messages', () => {
  it.each([1, 2, 999, 1_000])('may be %d', async (count) => {
    const answer = await sendBatch(ingress, messages(count));
    expect(answer.status).toBe(200);
    expect(resultsOf(answer).filter(({ status }) => status === 'queuing')).toHaveLength(count);
  });

  it.each([0, 1_001])('must not be %d', (count) =>
    expectRefused(() => sendBatch(ingress, messages(count)), 400, 'invalid_request'),
  );

  it.each([[undefined], [null], [{}], ['[]'], [{ 0: message(), length: 1 }]])('must not be %j', (wrong) =>
    expectRefused(() => sendBatch(ingress, wrong), 400, 'invalid_request'),
  );

  it('stands beside no field that a single send has', () =>
    expectRefused(() => sendBatch(ingress, messages(1), { templet_id: 't1' }), 400, 'invalid_request'));
});

describe('the body of a batch', () => {
  it('may have MAX_BATCH_BODY_BYTES and not one more, with credentials in the header', async () => {
    const body = JSON.stringify({ messages: messages(1) });
    const padded = (size: number): string => body + ' '.repeat(size - Buffer.byteLength(body));
    const authorization = basic(CREDENTIALS.passcode);
    await expectRefused(() => postRaw(padded(MAX_BYTES + 1), { authorization }), 413, 'body_too_large');
    expect((await postRaw(padded(MAX_BYTES), { authorization })).status).toBe(200);
  });

  it('may have MAX_ANONYMOUS_BODY_BYTES and not one more, with credentials in itself', async () => {
    const body = JSON.stringify({ ...CREDENTIALS, messages: messages(1) });
    const padded = (size: number): string => body + ' '.repeat(size - Buffer.byteLength(body));
    await expectRefused(() => postRaw(padded(131_073)), 413, 'body_too_large');
    expect((await postRaw(padded(131_073))).body).toMatchObject({ message: expect.stringContaining('HTTP Basic') });
    expect((await postRaw(padded(131_072))).status).toBe(200);
  });

  it('may have MAX_BATCH_JSON_VALUES commas and opening brackets, and not one more', async () => {
    // The first message and the fields have 8, each element of its contents another one.
    const spaced = (values: number) =>
      sendBatch(ingress, [message({ contents: Array.from({ length: values - 7 }, () => 1) })]);
    expect(resultsOf(await spaced(16_384))).toMatchObject([{ reason: 'invalid_contents' }]);
    await expectRefused(() => spaced(16_385), 400, 'json_too_complex');
  });

  it('leaves the size of a single send as it is', async () => {
    const contents = { p1: 'a'.repeat(16_384) };
    expect((await send(ingress, { contents })).status).toBe(413);
    expect(resultsOf(await sendBatch(ingress, [message({ contents })]))).toMatchObject([{ reason: 'text_too_long' }]);
  });

  const good = (): string => JSON.stringify(message());
  const head = JSON.stringify(CREDENTIALS).slice(0, -1);
  it.each([
    ['itself', () => `${head},"messages":[${good()}],"messages":[${good()}]}`],
    ['its credentials', () => `${head},"client_id":"x","messages":[${good()}]}`],
    ['a message', () => `${head},"messages":[${good()},{"templet_id":"t1",${good().slice(1)}]}`],
    ['contents', () => `${head},"messages":[${good()},${good().replace('"p1":', '"p1":"1","p1":')}]}`],
    ['contents, escaped', () => `${head},"messages":[${good().replace('"p1":', '"p\\u0031":"1","p1":')}]}`],
  ])('with a key twice in %s is refused as a whole', (_, body) =>
    expectRefused(() => postRaw(body()), 400, 'repeated_key'),
  );

  it('may have a colon and the text of a key in its values', async () => {
    const contents = { p1: '"p1":"1","p1":' };
    expect(resultsOf(await sendBatch(ingress, [message({ contents })]))).toMatchObject([{ status: 'queuing' }]);
  });
});

describe('the credentials of a batch', () => {
  const nothing = { client_id: undefined, passcode: undefined };

  it('may come as HTTP Basic', async () => {
    const answer = await sendBatch(ingress, messages(2), nothing).set('authorization', basic(CREDENTIALS.passcode));
    expect(resultsOf(answer).map(({ status }) => status)).toEqual(['queuing', 'queuing']);
  });

  it.each([
    ['wrong', { passcode: 'x' }, undefined, 'invalid_passcode'],
    ['wrong in HTTP Basic', nothing, basic('x'), 'invalid_passcode'],
    ['missing', nothing, undefined, 'credentials_missing'],
    ['in conflict', { passcode: 'x' }, basic(CREDENTIALS.passcode), 'credentials_conflict'],
    ['wrong in HTTP Basic, whatever the body says', {}, basic('x'), 'invalid_passcode'],
  ])('refuse it as a whole when they are %s', (_, fields, authorization, reason) => {
    const post = () => sendBatch(ingress, [message(), {}], fields);
    return expectRefused(() => (authorization ? post().set({ authorization }) : post()), 401, reason);
  });

  it('are checked before its messages are counted', () =>
    expectRefused(() => sendBatch(ingress, [], { passcode: 'x' }), 401, 'invalid_passcode'));
});

it('takes no slot when it was refused as a whole', async () => {
  const phone_number = freshNumber();
  await expectRefused(() => sendBatch(ingress, [message({ phone_number })], { more: 1 }), 400, 'invalid_request');
  expect((await send(ingress, { phone_number })).status).toBe(200);
});
