import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from './child.js';
import { type ReadyOptions, expectOk, waitUntilReady } from './ready.js';

let server: Server;
let status = 503;
let child: Child;
beforeEach(async () => {
  status = 503;
  server = createServer((_, response) => response.writeHead(status).end('{"queue":"away"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  child = await program('console.log("I am here"); setInterval(() => 0, 1000)');
});
afterEach(async () => {
  server.close();
  await child.stop();
});

const program = (script: string): Promise<Child> =>
  startChild({ name: 'program', command: process.execPath, args: ['-e', script], cwd: '/', env: {} });

const wait = (options: ReadyOptions, of = child) => {
  const { port } = server.address() as AddressInfo;
  return waitUntilReady(of, () => expectOk(`http://127.0.0.1:${port}/readyz`), options);
};

describe('waitUntilReady', () => {
  it('tells once what it waits for, and goes on', async () => {
    const told: string[] = [];
    const onSlow = (answer: string): void => {
      told.push(answer);
      status = 200;
    };
    await wait({ slowAfterMs: 200, onSlow });
    expect(told).toEqual([expect.stringMatching(/readyz answered 503 {"queue":"away"}$/)]);
  });

  it('gives up with the last answer and the last lines', async () => {
    await expect(wait({ withinMs: 500 })).rejects.toThrow(/not ready after 0.5 s: .*503 {"queue":"away"}[^]*I am here/);
  });

  it('gives up at once when the program has ended, with its last lines', async () => {
    const dying = await program('console.log("no such setting"); process.exit(2)');
    await expect(wait({}, dying)).rejects.toThrow(/program ended with code 2[^]*no such setting/);
  });

  it('gives up when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(wait({ signal })).rejects.toThrow('enough');
  });
});
