import { once } from 'node:events';
import { Agent, createServer, get, type RequestListener, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServer, listen } from './listen.js';
import { waitFor } from '../wait-for.js';

const HOST = '127.0.0.1';
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function start(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer({ keepAliveTimeout: 75_000 }, listener);
  const port = await listen(server, 0, HOST);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port };
}

function keepAlive(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  closers.push(() => agent.destroy());
  return agent;
}

const fetchText = (port: number, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: HOST, port, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });

async function open(port: number): Promise<Socket> {
  const socket = connect(port, HOST).on('error', () => undefined);
  closers.push(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Milliseconds that the close took; fails after 2 s. */
async function timeToClose(server: Server): Promise<number> {
  const begun = performance.now();
  let closed = false;
  void closeServer(server).then(() => (closed = true));
  await waitFor(() => closed, { withinMs: 2_000 });
  return performance.now() - begun;
}

describe('listen', () => {
  it('gives the port that the system chose', async () => {
    const { server, port } = await start((_, response) => void response.end('hello'));
    expect(port).toBeGreaterThan(0);
    expect(await fetchText(port, keepAlive())).toBe('hello');
    expect(server.listenerCount('error')).toBe(0);
  });

  it('rejects when the port is taken', async () => {
    const { port } = await start((_, response) => void response.end());
    await expect(listen(createServer(), port, HOST)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('closeServer', () => {
  it('does not wait for an idle keep-alive connection', async () => {
    const { server, port } = await start((_, response) => void response.end('hello'));
    const agent = keepAlive();
    await fetchText(port, agent);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    expect(await timeToClose(server)).toBeLessThan(1_000);
    await expect(fetchText(port, keepAlive())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('lets a request under way finish, and then does not wait for its connection', async () => {
    let answer = (): void => undefined;
    const { server, port } = await start((_, response) => {
      answer = () => void response.end('late');
    });
    const asked = fetchText(port, keepAlive());
    const before = answer;
    await waitFor(() => answer !== before);
    const closing = timeToClose(server);
    await new Promise((resolve) => setTimeout(resolve, 5));
    answer();
    expect(await asked).toBe('late');
    expect(await closing).toBeLessThan(1_500);
  });

  it('cuts off a request that does not arrive', async () => {
    const { server, port } = await start((request) => void request.resume());
    const socket = await open(port);
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200\r\n\r\n12345');
    await once(server, 'request');
    const took = await timeToClose(server);
    expect(took).toBeGreaterThanOrEqual(990);
    expect(took).toBeLessThan(4_000);
  });

  it('does not wait for a connection that has asked nothing yet', async () => {
    const { server, port } = await start((_, response) => void response.end('hello'));
    await open(port);
    expect(await timeToClose(server)).toBeLessThan(1_500);
  });

  it('rejects for a server that does not listen', async () => {
    await expect(closeServer(createServer())).rejects.toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
  });
});
