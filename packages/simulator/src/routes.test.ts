import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startSimulator } from './start.js';
import { waitFor } from '@ardor/runtime/wait-for';
import { startCarrier } from '../test/carrier.js';

describe('the lookup', () => {
  it('answers 404 for what was never seen and 400 for what is not URL-encoded', async () => {
    const carrier = await startCarrier();
    expect((await carrier.get('/messages/none')).status).toBe(404);
    expect((await carrier.get('/messages/%E0%A4%A')).status).toBe(400);
  });

  it('finds references that need encoding', async () => {
    const carrier = await startCarrier();
    const reference = 'a/b?c=%2F 编号';
    await carrier.submit({ reference });
    await carrier.reaches(reference, 'delivered');
    const { body } = await carrier.get(`/messages/${encodeURIComponent(reference)}`);
    expect(body).toMatchObject({ reference });
  });
});

describe('the routes', () => {
  it.each<[string, string, number]>([
    ['GET', '/nothing', 404],
    ['GET', '//', 404],
    ['GET', '/messages', 405],
    ['DELETE', '/messages/ref-1', 405],
    ['POST', '/ledger', 405],
    ['HEAD', '/ledger', 200],
    ['HEAD', '/', 200],
  ])('answer %s %s with %i', async (method, path, status) => {
    const carrier = await startCarrier();
    const response = await fetch(carrier.url + path, { method });
    await response.arrayBuffer();
    expect(response.status).toBe(status);
  });

  it('survive a caller that goes away in the middle of its call', async () => {
    const carrier = await startCarrier();
    const socket = connect(carrier.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /messages HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"messages":[');
    await waitFor(() => socket.bytesWritten > 0);
    socket.resetAndDestroy();
    await carrier.submit({});
    expect((await carrier.get('/ledger')).body).toMatchObject({ taken: 1 });
  });

  it('close while a call hangs and receipts wait', async () => {
    const carrier = await startSimulator({ port: 0, receiptDelayMs: 0 });
    const message = { reference: 'ref-1', to: '+8617000500001', text: '', callback_url: 'http://127.0.0.1:1/' };
    const call = fetch(`${carrier.url}/messages`, { method: 'POST', body: JSON.stringify({ messages: [message] }) });
    const failed = expect(call).rejects.toThrow();
    await waitFor(async () => {
      const ledger = await fetch(`${carrier.url}/ledger`);
      return ((await ledger.json()) as { taken: number }).taken === 1;
    });
    await carrier.close();
    await failed;
    await expect(fetch(`${carrier.url}/ledger`)).rejects.toThrow();
  });

  it('refuse a port that is taken', async () => {
    const { port } = await startCarrier();
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
