import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntilReady } from './readiness.js';

let server: Server;
let answer = 503;
beforeEach(async () => {
  answer = 503;
  server = createServer((_, response) => response.writeHead(answer).end('{"queue":"away"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

const wait = (tellAfterMs: number, withinMs: number, told: string[]) => {
  const { port } = server.address() as AddressInfo;
  const patience = { withinMs, tellAfterMs, tell: (last: string) => void told.push(last) };
  return waitUntilReady(`http://127.0.0.1:${port}/readyz`, patience, new AbortController().signal);
};

describe('waitUntilReady', () => {
  it('tells once what it is waiting for, and goes on', async () => {
    const told: string[] = [];
    const waiting = wait(200, 20_000, told);
    setTimeout(() => void (answer = 200), 600);
    expect(await waiting).toEqual({ ready: true });
    expect(told).toEqual(['503 {"queue":"away"}']);
  });

  it('says nothing of what is ready in time', async () => {
    const told: string[] = [];
    answer = 200;
    expect(await wait(200, 20_000, told)).toEqual({ ready: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(told).toEqual([]);
  });

  it('gives up with the last answer', async () => {
    expect(await wait(50_000, 300, [])).toEqual({ ready: false, last: '503 {"queue":"away"}' });
  });
});
