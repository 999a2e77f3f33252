import { describe, expect, it } from '@jest/globals';
import { startCallback } from '../test/callback.js';
import { waitFor } from '@ardor/runtime/wait-for';
import { messageOf, startCarrier } from '../test/carrier.js';

const scripted = (digit: number, tail = '00001') => `+8617000${digit}${tail}`;
const anId = expect.stringMatching(/./);
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('magic numbers', () => {
  it('0 is delivered: one receipt, after the answer', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const [result] = await carrier.submit({ to: scripted(0), callback_url: callback.url });
    expect(result).toEqual({ reference: 'ref-1', id: anId });
    await waitFor(() => callback.receipts.length === 1);
    expect(callback.receipts[0]).toEqual({ ...result, status: 'delivered', code: '000', at: aTime });
    const { status, body } = await carrier.get('/messages/ref-1');
    expect(status).toBe(200);
    expect(body).toEqual({ ...result, state: 'delivered', code: '000', to: scripted(0), at: aTime });
  });

  it('1 is rejected with a code: not taken, no receipt, but seen', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const results = await carrier.submit(
      { to: scripted(1), callback_url: callback.url },
      { reference: 'ref-2', callback_url: callback.url },
    );
    expect(results[0]).toEqual({ reference: 'ref-1', error: 'rejected', code: '013' });
    await waitFor(() => callback.of('ref-2').length === 1);
    expect(callback.of('ref-1')).toEqual([]);
    const { status, body } = await carrier.get('/messages/ref-1');
    expect(status).toBe(200);
    expect(body).toEqual({ reference: 'ref-1', state: 'rejected', code: '013', to: scripted(1), at: aTime });
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 1, references: 1, duplicates: [] });
  });

  it('2 is taken and not delivered', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    await carrier.submit({ to: scripted(2), callback_url: callback.url });
    await waitFor(() => callback.receipts.length === 1);
    expect(callback.receipts[0]).toMatchObject({ status: 'undelivered', code: '027' });
    expect((await carrier.get('/messages/ref-1')).body).toMatchObject({ state: 'undelivered', code: '027' });
  });

  it('3 makes the whole call wait 3 s, and no receipt overtakes it', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const startedAt = Date.now();
    const [slow, other] = await carrier.submit(
      { to: scripted(3), callback_url: callback.url },
      { reference: 'ref-2', callback_url: callback.url },
    );
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(2_990);
    expect([slow, other]).toEqual([
      { reference: 'ref-1', id: anId },
      { reference: 'ref-2', id: anId },
    ]);
    await waitFor(() => callback.receipts.length === 2);
    for (const { status, at } of callback.receipts) {
      expect(status).toBe('delivered');
      expect(Date.parse(at)).toBeGreaterThanOrEqual(startedAt + 2_990);
    }
  });

  it('4 is throttled on first sight of its reference, then taken and delivered', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const message = { to: scripted(4), callback_url: callback.url };
    const [first] = await carrier.submit(message);
    expect(first).toEqual({ reference: 'ref-1', error: 'throttled', retry_after_ms: 500 });
    const seen = await carrier.get('/messages/ref-1');
    expect(seen).toMatchObject({ status: 200, body: { state: 'throttled' } });
    expect(seen.body).not.toHaveProperty('id');
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 0, references: 0, duplicates: [] });

    const [second] = await carrier.submit(message);
    expect(second).toEqual({ reference: 'ref-1', id: anId });
    await carrier.reaches('ref-1', 'delivered');
    await waitFor(() => callback.receipts.length === 1);
    const [another] = await carrier.submit({ ...message, reference: 'ref-2' });
    expect(another).toMatchObject({ error: 'throttled' });
  });

  it('5 takes and delivers all of its call and never answers it', async () => {
    const [carrier, callback] = [await startCarrier({ noResponseMs: 400 }), await startCallback()];
    const startedAt = Date.now();
    const messages = [
      { to: scripted(5) },
      { reference: 'ref-2', to: scripted(2) },
      { reference: 'ref-3', to: scripted(1) },
    ];
    const call = carrier.post({ messages: messages.map((one) => messageOf({ ...one, callback_url: callback.url })) });
    await expect(call).rejects.toThrow(); // the connection goes, and not one byte of an answer comes
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(390);
    await waitFor(() => callback.receipts.length === 2);
    expect(callback.of('ref-1')[0]).toMatchObject({ status: 'delivered' });
    expect(callback.of('ref-2')[0]).toMatchObject({ status: 'undelivered' });
    expect((await carrier.get('/messages/ref-3')).body).toMatchObject({ state: 'rejected' });
  });

  it('6 has its receipt stored before the answer', async () => {
    const [carrier, callback] = [await startCarrier({ receiptDelayMs: 60_000 }), await startCallback()];
    const [result] = await carrier.submit({ to: scripted(6), callback_url: callback.url });
    expect(callback.receipts).toEqual([{ ...result, status: 'delivered', code: '000', at: aTime }]);
  });

  it('6 is answered after one failed try, and its receipt still repeated', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback((before) => (before === 0 ? 500 : 204))];
    await carrier.submit({ to: scripted(6), callback_url: callback.url });
    expect(callback.receipts).toHaveLength(1);
    await waitFor(() => callback.receipts.length === 2);
    expect(callback.receipts[1]).toEqual(callback.receipts[0]);
  });

  it('7 has the same receipt twice', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const [result] = await carrier.submit({ to: scripted(7), callback_url: callback.url });
    await waitFor(() => callback.receipts.length === 2);
    expect(callback.receipts[0]).toMatchObject({ ...result, status: 'delivered' });
    expect(callback.receipts[1]).toEqual(callback.receipts[0]);
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 1, references: 1, duplicates: [] });
  });

  it('8 is taken and no receipt comes', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const [result] = await carrier.submit({ to: scripted(8), callback_url: callback.url });
    expect(result).toEqual({ reference: 'ref-1', id: anId });
    await carrier.submit({ reference: 'ref-2', callback_url: callback.url });
    await waitFor(() => callback.of('ref-2').length === 1);
    expect(callback.of('ref-1')).toEqual([]);
    expect((await carrier.get('/messages/ref-1')).body).toMatchObject({ ...result, state: 'taken' });
  });

  it('9 takes all of its call, answers 500, and the receipts follow', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const messages = [{ to: scripted(9) }, { reference: 'ref-2', to: scripted(0) }];
    const answer = await carrier.post({
      messages: messages.map((one) => messageOf({ ...one, callback_url: callback.url })),
    });
    expect(answer).toEqual({ status: 500, body: { error: 'internal' } });
    await waitFor(() => callback.receipts.length === 2);
    expect(callback.receipts.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect((await carrier.get('/ledger')).body).toEqual({ taken: 2, references: 2, duplicates: [] });
  });

  it('holds for 5 digits behind the script digit and for nothing longer or shorter', async () => {
    const carrier = await startCarrier();
    const results = await carrier.submit(
      { to: scripted(1, '99999') },
      { reference: 'ref-2', to: scripted(1, '000001') },
      { reference: 'ref-3', to: scripted(1, '0001') },
    );
    expect(results.map((result) => result['error'])).toEqual(['rejected', undefined, undefined]);
  });
});
