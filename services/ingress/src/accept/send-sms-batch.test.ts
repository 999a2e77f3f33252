import { DEMO } from '@ardor/domain/message/demo';
import { isUuid } from '@ardor/domain/message/uuid7';
import { putTemplate } from '@ardor/store/templates/manage-templates';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, freshNumber, message, resultsOf, send, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({ CLIENT_CACHE_MS: '5000' });
  await putTemplate(ingress.db.database, {
    ...{ id: 'foreign', body: 'Hello', lane: 'bulk', validitySeconds: 60, onUnknown: 'wait' },
  });
});
afterAll(() => ingress.close());

const ACCEPTED = { sms_uid: expect.any(String), status: 'queuing', error_code: '0' };
const refused = (status: string, reason: string) => ({
  ...{ sms_uid: '', status: 'error', error_code: status, reason, message: expect.any(String) },
});
const LIMITED = { ...refused('429', 'number_rate_limited'), retry_after: '60' };

/** Has a field of that name, as an object literal cannot. */
const polluted = (value: unknown): object => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`) as object;
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

const BAD: [string, () => unknown, string, string][] = [
  ['null', () => null, '400', 'invalid_request'],
  ['a string', () => 'x', '400', 'invalid_request'],
  ['a number', () => 7, '400', 'invalid_request'],
  ['a list', () => [message()], '400', 'invalid_request'],
  ['empty', () => ({}), '400', 'invalid_request'],
  ['one with an unknown field', () => message({ template_id: 't1' }), '400', 'invalid_request'],
  ['one with credentials of its own', () => message(CREDENTIALS), '400', 'invalid_request'],
  ['one with a field named __proto__', () => Object.assign(polluted({}), message()), '400', 'invalid_request'],
  ['one whose fields are in __proto__', () => polluted(message()), '400', 'invalid_request'],
  ['one whose number is no string', () => message({ phone_number: 13800138000 }), '400', 'invalid_request'],
  ['one without a template', () => message({ templet_id: undefined }), '400', 'invalid_request'],
  ['one with contents of a wrong type', () => message({ contents: 8 }), '400', 'invalid_request'],
  ['one of an unknown template', () => message({ templet_id: 't2' }), '404', 'template_unknown'],
  ['one whose template id cannot be', () => message({ templet_id: 'a\u0000b' }), '404', 'template_unknown'],
  ['one of others’ template', () => message({ templet_id: 'foreign' }), '403', 'template_not_granted'],
  ['one to a landline', () => message({ phone_number: '+861012345678' }), '400', 'invalid_phone_number'],
  ['one that lacks contents', () => message({ contents: {} }), '400', 'invalid_contents'],
  ['one of deep contents', () => message({ contents: nested(5) }), '400', 'invalid_contents'],
  ['one of deep contents in a string', () => message({ contents: '['.repeat(500) }), '400', 'invalid_contents'],
  ['one that repeats a key', () => message({ contents: '{"p1":"1","p1":"2"}' }), '400', 'repeated_key'],
  ['one that is too long', () => message({ contents: { p1: 'a'.repeat(1_600) } }), '400', 'text_too_long'],
];

describe('a batch', () => {
  it('gives one result for each message, in order, each with an id of its own', async () => {
    const answer = await sendBatch(ingress, [message(), message(), message()]);
    expect({ status: answer.status, body: answer.body as unknown }).toEqual({
      status: 200,
      body: { results: [ACCEPTED, ACCEPTED, ACCEPTED] },
    });
    const ids = resultsOf(answer).map(({ sms_uid }) => sms_uid);
    expect(ids.every(isUuid)).toBe(true);
    expect(new Set(ids).size).toBe(3);
  });

  it.each(BAD)('accepts the neighbours of a message that is %s', async (_, bad, status, reason) => {
    const answer = await sendBatch(ingress, [message(), bad(), message()]);
    expect(answer.status).toBe(200);
    expect(resultsOf(answer)).toEqual([ACCEPTED, refused(status, reason), ACCEPTED]);
  });

  it('is answered by 200 when it holds bad messages of every kind and no other', async () => {
    const answer = await sendBatch(
      ingress,
      BAD.map(([, bad]) => bad()),
    );
    expect(answer.status).toBe(200);
    expect(resultsOf(answer)).toEqual(BAD.map(([, , status, reason]) => refused(status, reason)));
  });

  it('stores each accepted message in its own name, and no other', async () => {
    const good = [freshNumber(), freshNumber()];
    const answer = await sendBatch(ingress, [
      message({ phone_number: good[0] }),
      {},
      message({ phone_number: good[1] }),
    ]);
    const ids = resultsOf(answer).map(({ sms_uid }) => sms_uid);
    for (const [at, phone_number] of [
      [0, good[0]],
      [2, good[1]],
    ] as const) {
      // The slot of a number is held in the id of its message.
      expect((await send(ingress, { phone_number })).status).toBe(429);
      const rows = await ingress.db.query('SELECT client_id FROM messages WHERE id = $1', [ids[at]]);
      expect(rows).toEqual([{ client_id: DEMO.clientId }]);
    }
  });
});

describe('one number', () => {
  it('is accepted once in a batch, the first time, in whatever writing it comes again', async () => {
    const national = freshNumber().slice(3);
    const writings = [`+86${national}`, national, `+86 ${national}`, `${national.slice(0, 3)}-${national.slice(3)}`];
    const batch = writings.map((phone_number) => message({ phone_number }));
    expect(resultsOf(await sendBatch(ingress, [message(), ...batch, message()]))).toEqual([
      ...[ACCEPTED, ACCEPTED, LIMITED, LIMITED, LIMITED, ACCEPTED],
    ]);
  });

  it('is refused after an earlier send, and an earlier batch, and holds after a batch', async () => {
    const [single, batched] = [freshNumber(), freshNumber()];
    expect((await send(ingress, { phone_number: single })).status).toBe(200);
    const first = await sendBatch(ingress, [message({ phone_number: single }), message({ phone_number: batched })]);
    expect(resultsOf(first)).toMatchObject([{ error_code: '429' }, ACCEPTED]);
    const again = await sendBatch(ingress, [message({ phone_number: batched })]);
    expect(resultsOf(again)).toMatchObject([{ reason: 'number_rate_limited' }]);
    expect((await send(ingress, { phone_number: batched })).status).toBe(429);
  });

  it('keeps its slot free when its message was bad', async () => {
    const phone_number = freshNumber();
    const answer = await sendBatch(ingress, [message({ phone_number, contents: {} }), message({ phone_number })]);
    expect(resultsOf(answer)).toEqual([refused('400', 'invalid_contents'), ACCEPTED]);
  });

  it('is accepted once when two batches, and single sends, want it at the same time', async () => {
    const numbers = Array.from({ length: 50 }, freshNumber);
    const batch = () =>
      sendBatch(
        ingress,
        numbers.map((phone_number) => message({ phone_number })),
      );
    const [one, other, ...singles] = await Promise.all([
      ...[batch(), batch()],
      ...numbers.slice(0, 10).map((phone_number) => send(ingress, { phone_number })),
    ]);
    numbers.forEach((_, n) => {
      const codes = [one, other].map((answer) => resultsOf(answer ?? { body: undefined })[n]?.error_code);
      if (singles[n]) codes.push((singles[n].body as { error_code: string }).error_code);
      expect(codes.filter((code) => code === '0')).toHaveLength(1);
    });
    expect(singles).toHaveLength(10);
  });
});
