import { describe, expect, it } from '@jest/globals';
import { startCallback } from '../test/callback.js';
import { waitFor } from '@ardor/runtime/wait-for';
import { messageOf, startCarrier } from '../test/carrier.js';

const NOTHING_TAKEN = { taken: 0, references: 0, duplicates: [] };

describe('POST /messages', () => {
  it('answers one result per message, in order', async () => {
    const carrier = await startCarrier();
    const results = await carrier.submit(
      ...Array.from({ length: 100 }, (_, n) => ({ reference: `ref-${n}`, to: `+8617000${n % 2}00001` })),
    );
    expect(results.map((result) => result['reference'])).toEqual(Array.from({ length: 100 }, (_, n) => `ref-${n}`));
    expect(results.every((result, n) => (n % 2 === 0 ? 'id' in result : result['error'] === 'rejected'))).toBe(true);
    expect(new Set(results.map((result) => result['id'])).size).toBe(51);
  });

  it('rejects what is no E.164 number, and takes its neighbours', async () => {
    const carrier = await startCarrier();
    const [bad, good] = await carrier.submit({ to: '13800138000' }, { reference: 'ref-2' });
    expect(bad).toEqual({ reference: 'ref-1', error: 'rejected', code: '001' });
    expect(good).toHaveProperty('id');
  });

  it('sends no receipt without a callback_url, and delivers all the same', async () => {
    const carrier = await startCarrier();
    await carrier.submit({});
    await carrier.reaches('ref-1', 'delivered');
  });

  it('takes a reference twice without --deduplicate: two ids, two receipts, one duplicate', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const message = { callback_url: callback.url };
    const [first, second] = [...(await carrier.submit(message)), ...(await carrier.submit(message))];
    expect(second?.['id']).not.toBe(first?.['id']);
    await waitFor(() => callback.receipts.length === 2);
    expect(new Set(callback.receipts.map(({ id }) => id))).toEqual(new Set([first?.['id'], second?.['id']]));
    await carrier.submit(message, { reference: 'ref-2' });
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 4, references: 2, duplicates: ['ref-1'] });
    expect((await carrier.get('/messages/ref-1')).body).toMatchObject({ id: first?.['id'] });
  });

  it('takes a reference once with --deduplicate, within one call and over several', async () => {
    const [carrier, callback] = [await startCarrier({ deduplicate: true }), await startCallback()];
    const message = { callback_url: callback.url };
    const [first, again] = await carrier.submit(message, message);
    const [later] = await carrier.submit(message);
    expect(first).toHaveProperty('id');
    expect([again, later]).toEqual([first, first]);
    await carrier.submit({ reference: 'ref-2', callback_url: callback.url });
    await waitFor(() => callback.of('ref-2').length === 1);
    expect(callback.of('ref-1')).toHaveLength(1);
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 2, references: 2, duplicates: [] });
  });

  it.each([5, 9])('answers the repeat of a call that script %i broke, with --deduplicate', async (digit) => {
    const carrier = await startCarrier({ deduplicate: true, noResponseMs: 50 });
    const message = { to: `+8617000${digit}00001` };
    await carrier.submit(message).catch(() => undefined);
    const taken = await carrier.get('/messages/ref-1');
    expect(await carrier.submit(message)).toEqual([{ reference: 'ref-1', id: taken.body['id'] }]);
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 1, references: 1, duplicates: [] });
  });

  it('with --deduplicate, what was rejected or throttled is still not taken', async () => {
    const carrier = await startCarrier({ deduplicate: true });
    const rejected = { reference: 'a', to: '+8617000100001' };
    const throttled = { reference: 'b', to: '+8617000400001' };
    await carrier.submit(rejected, throttled);
    const [first, second] = await carrier.submit(rejected, throttled);
    expect(first).toMatchObject({ error: 'rejected' });
    expect(second).toHaveProperty('id');
  });

  it('answers 503 and takes nothing at a failure rate of 1', async () => {
    const carrier = await startCarrier({ failureRate: 1 });
    const answer = await carrier.post({ messages: [messageOf({})] });
    expect(answer).toEqual({ status: 503, body: { error: 'unavailable' } });
    expect((await carrier.get('/messages/ref-1')).status).toBe(404);
    expect((await carrier.get('/ledger')).body).toEqual(NOTHING_TAKEN);
  });

  it('delays answers and lookups by the latency, and its receipts with them', async () => {
    const [carrier, callback] = [await startCarrier({ latencyMs: 300, receiptDelayMs: 0 }), await startCallback()];
    const startedAt = Date.now();
    await carrier.submit({ callback_url: callback.url });
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(295);
    await carrier.get('/messages/none');
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(590);
    await waitFor(() => callback.receipts.length === 1);
    expect(Date.parse(callback.receipts[0]?.at ?? '')).toBeGreaterThanOrEqual(startedAt + 295);
  });
});

describe('a malformed POST /messages', () => {
  const good = messageOf({});
  const hundredAndOne = Array.from({ length: 101 }, (_, n) => messageOf({ reference: `ref-${n}` }));

  it.each<[string, unknown]>([
    ['an empty body', ''],
    ['broken JSON', '{"messages":['],
    ['null', 'null'],
    ['an array', [good]],
    ['a string', '"messages"'],
    ['no messages', {}],
    ['messages that are an object', { messages: { 0: good, length: 1 } }],
    ['messages under __proto__', `{"__proto__":{"messages":[${JSON.stringify(good)}]}}`],
    ['0 messages', { messages: [] }],
    ['101 messages', { messages: hundredAndOne }],
    ['a message that is null', { messages: [good, null] }],
    ['a message that is an array', { messages: [good, ['ref-1', '+8613800138000', 'text']] }],
    ['a message under __proto__', `{"messages":[{"__proto__":${JSON.stringify(good)}}]}`],
    ['no reference', { messages: [good, messageOf({ reference: undefined })] }],
    ['an empty reference', { messages: [good, messageOf({ reference: '' })] }],
    ['a reference that is a number', { messages: [good, messageOf({ reference: 7 })] }],
    ['a reference that is too long', { messages: [good, messageOf({ reference: 'x'.repeat(201) })] }],
    ['a number for to', { messages: [good, messageOf({ to: 8613800138000 })] }],
    ['a list for to', { messages: [good, messageOf({ to: ['+8613800138000'] })] }],
    ['no text', { messages: [good, messageOf({ text: undefined })] }],
    ['a text that is an object', { messages: [good, messageOf({ text: { toString: 'x' } })] }],
    ['a text no handset can join', { messages: [good, messageOf({ text: 'x'.repeat(39_016) })] }],
    ['a callback_url that is null', { messages: [good, messageOf({ callback_url: null })] }],
    ['a callback_url that is relative', { messages: [good, messageOf({ callback_url: '/receipts' })] }],
    ['a callback_url that is no http', { messages: [good, messageOf({ callback_url: 'file:///etc/hosts' })] }],
  ])('is answered 400, and nothing of it taken: %s', async (_, body) => {
    const carrier = await startCarrier();
    const answer = await carrier.post(body);
    expect(answer).toEqual({ status: 400, body: { error: 'malformed', message: expect.any(String) } });
    expect((await carrier.get('/ledger')).body).toEqual(NOTHING_TAKEN);
    expect((await carrier.get('/messages/ref-1')).status).toBe(404);
  });

  it('is answered 413 when it is too large, and the connection goes on', async () => {
    const carrier = await startCarrier();
    const answer = await carrier.post(`{"messages":[${' '.repeat(3 * 1024 * 1024)}]}`);
    expect(answer).toMatchObject({ status: 413, body: { error: 'too_large' } });
    expect((await carrier.get('/ledger')).body).toEqual(NOTHING_TAKEN);
  });

  it('knows references that are names of Object.prototype only once they were taken', async () => {
    const carrier = await startCarrier({ deduplicate: true });
    for (const reference of ['__proto__', 'constructor', 'toString']) {
      expect((await carrier.get(`/messages/${reference}`)).status).toBe(404);
      const [result] = await carrier.submit({ reference });
      expect(result).toEqual({ reference, id: expect.any(String) });
      expect((await carrier.get(`/messages/${reference}`)).body).toMatchObject({ id: result?.['id'] });
    }
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 3, references: 3, duplicates: [] });
  });
});
