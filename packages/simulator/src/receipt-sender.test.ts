import { CONNECTIONS_PER_CALLBACK } from './receipt-sender.js';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startCallback } from '../test/callback.js';
import { waitFor } from '@ardor/runtime/wait-for';
import { release, startCarrier } from '../test/carrier.js';

describe('receipts', () => {
  it.each([500, 404, 302, 429])('are repeated unchanged while they are answered %i, until 2xx', async (status) => {
    const [carrier, callback] = [await startCarrier(), await startCallback((before) => (before < 2 ? status : 200))];
    const [result] = await carrier.submit({ callback_url: callback.url });
    await waitFor(() => callback.receipts.length === 3);
    expect(callback.receipts[0]).toMatchObject({ ...result, status: 'delivered' });
    expect(callback.receipts[1]).toEqual(callback.receipts[0]);
    expect(callback.receipts[2]).toEqual(callback.receipts[0]);

    await carrier.submit({ reference: 'ref-2', callback_url: callback.url });
    await waitFor(() => callback.of('ref-2').length === 1);
    expect(callback.of('ref-1')).toHaveLength(3);
  });

  it('are repeated when the callback resets the connection', async () => {
    const carrier = await startCarrier();
    let resets = 0;
    const server = createServer((socket) => {
      resets += 1;
      socket.on('error', () => undefined).resetAndDestroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    release(() => new Promise((resolve) => server.close(() => resolve())));
    await carrier.submit({ callback_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    await waitFor(() => resets >= 2);
  });

  it('share a bounded number of connections, and each arrives once', async () => {
    const [carrier, callback] = [await startCarrier(), await startCallback()];
    const calls = Array.from({ length: 20 }, (_, call) =>
      carrier.submit(
        ...Array.from({ length: 100 }, (_, n) => ({ reference: `ref-${call}-${n}`, callback_url: callback.url })),
      ),
    );
    await Promise.all(calls);
    await waitFor(() => callback.receipts.length >= 2_000);
    expect(new Set(callback.receipts.map(({ reference }) => reference)).size).toBe(2_000);
    expect(callback.receipts).toHaveLength(2_000);
    expect(callback.connections.size).toBeLessThanOrEqual(CONNECTIONS_PER_CALLBACK);
  });

  it('are not held up by another callback that hangs', async () => {
    const carrier = await startCarrier();
    const hanging = await startCallback(() => new Promise(() => undefined));
    const prompt = await startCallback();
    const submitted = 3 * 100;
    for (let from = 0; from < submitted; from += 100)
      await carrier.submit(
        ...Array.from({ length: 100 }, (_, n) => ({ reference: `stuck-${from + n}`, callback_url: hanging.url })),
      );
    expect(submitted).toBeGreaterThan(CONNECTIONS_PER_CALLBACK);
    await carrier.submit({ reference: 'free', callback_url: prompt.url });
    await waitFor(() => prompt.receipts.length === 1, { withinMs: 5_000 });
    await waitFor(() => hanging.receipts.length === CONNECTIONS_PER_CALLBACK);
    expect(hanging.connections.size).toBe(CONNECTIONS_PER_CALLBACK);
  });
});
