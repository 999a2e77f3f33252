import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from './child.js';
import { expectOk, waitUntilReady } from './ready.js';

const program = (script: string): Promise<Child> =>
  startChild({ name: 'program', command: process.execPath, args: ['-e', script], cwd: '/', env: {} });

const notReady = (): Promise<void> => Promise.reject(new Error('503', { cause: new Error('no queue') }));

describe('waitUntilReady', () => {
  let child: Child;
  beforeEach(async () => void (child = await program('console.log("I am here"); setInterval(() => 0, 1000)')));
  afterEach(() => child.stop());

  it('tells once what it waits for, and goes on', async () => {
    const told: string[] = [];
    const probe = (): Promise<void> => (told.length > 0 ? Promise.resolve() : notReady());
    await waitUntilReady(child, probe, { slowAfterMs: 100, onSlow: (answer) => told.push(answer) });
    expect(told).toEqual(['503: no queue']);
  });

  it('gives up with the last answer and the last lines', async () => {
    await waitFor(() => child.output().includes('here'));
    const waiting = waitUntilReady(child, notReady, { withinMs: 100 });
    await expect(waiting).rejects.toThrow(/not ready after 0.1 s: 503: no queue[^]*I am here/);
  });

  it('gives up at once when the program has ended, with its last lines', async () => {
    const dying = await program('console.log("no such setting"); process.exit(2)');
    await expect(waitUntilReady(dying, notReady)).rejects.toThrow(/program ended with code 2[^]*no such setting/);
  });

  it('gives up when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(waitUntilReady(child, notReady, { signal })).rejects.toThrow('enough');
  });
});

describe('expectOk', () => {
  let server: Server;
  let status = 503;
  beforeEach(async () => {
    server = createServer((_, response) => response.writeHead(status).end('{"queue":"away"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => void server.close());

  it('takes 200 only, and tells what else it got', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
    await expect(expectOk(url)).rejects.toThrow(`${url} answered 503 {"queue":"away"}`);
    status = 200;
    await expectOk(url);
  });
});
