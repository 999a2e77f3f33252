import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import getPort, { clearLockedPorts } from 'get-port';
import { explainTakenPorts } from './port-check.js';

const command = 'npx pnpm start';

/** A free port that get-port does not hold back for this process. */
async function freePort(): Promise<number> {
  const port = await getPort();
  clearLockedPorts();
  return port;
}

/** Runs `use` while some program listens on a port of its own choice. */
async function withTakenPort(host: string, use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  try {
    await use(typeof address === 'object' && address !== null ? address.port : 0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('explainTakenPorts', () => {
  it('says nothing about free ports', async () => {
    const wanted = [{ port: await freePort(), variable: 'HTTP_PORT', what: 'the API' }];
    expect(await explainTakenPorts(wanted, command)).toEqual([]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('names a port taken on %s, its variable and a way out', async (host) => {
    await withTakenPort(host, async (port) => {
      const [line = ''] = await explainTakenPorts([{ port, variable: 'HTTP_PORT', what: 'the API' }], command);
      expect(line).toContain(`Port ${port} (the API) is taken by another program. HTTP_PORT changes it`);
      expect(line).toMatch(/for example: HTTP_PORT=\d+ npx pnpm start$/);
      expect(line).not.toContain(`HTTP_PORT=${port}`);
    });
  });

  it('notices two that ask for the same port', async () => {
    const port = await freePort();
    const [line = ''] = await explainTakenPorts(
      [
        { port, variable: 'HTTP_PORT', what: 'the API' },
        { port, variable: 'WORKER_OPS_PORT', what: 'the worker' },
      ],
      command,
    );
    expect(line).toContain('asked for twice, by HTTP_PORT and WORKER_OPS_PORT');
  });
});
