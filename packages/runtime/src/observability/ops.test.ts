import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Counter, Registry } from 'prom-client';
import { closeServer, listen } from '../process/listen.js';
import { NotReadyError } from './not-ready.js';
import { createOpsHandler, type OpsDeps } from './ops.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(deps: Partial<OpsDeps> = {}): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const handle = createOpsHandler({
    registry: new Registry(),
    unhealthyReason: () => undefined,
    checks: [],
    checkTimeoutMs: 1_000,
    ...deps,
  });
  const server = createServer((request, response) => {
    if (!handle(request, response)) response.writeHead(404).end('not ours');
  });
  const port = await listen(server, 0, '127.0.0.1');
  closers.push(() => closeServer(server));
  return (path, init = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2_000),
    });
}

const up = { name: 'database', check: () => Promise.resolve('PONG') };
const down = { name: 'redis', check: () => Promise.reject(new Error('canary-771204')) };
const hanging = { name: 'limiter', check: () => new Promise(() => undefined) };
const throwing = {
  name: 'broken',
  check: () => {
    throw new Error('canary-771204');
  },
};

describe('/healthz', () => {
  it('is 200 while the process lives', async () => {
    const response = await (await start())('/healthz');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is 503 with the reason when it should be restarted', async () => {
    const response = await (await start({ unhealthyReason: () => 'no progress' }))('/healthz');
    expect([response.status, await response.json()]).toEqual([503, { status: 'sick', reason: 'no progress' }]);
  });

  it('does not ask the checks', async () => {
    const response = await (await start({ checks: [down, hanging] }))('/healthz');
    expect(response.status).toBe(200);
  });
});

describe('/readyz', () => {
  it('is 200 when every check resolves, and names each', async () => {
    const response = await (await start({ checks: [up, { ...up, name: 'redis' }] }))('/readyz');
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', checks: { database: 'ok', redis: 'ok' } },
    ]);
  });

  it('is 200 without checks', async () => {
    expect((await (await start())('/readyz')).status).toBe(200);
  });

  it('is 503 when one fails, and shows no message of its error', async () => {
    const response = await (await start({ checks: [up, down] }))('/readyz');
    const body = await response.text();
    expect([response.status, JSON.parse(body)]).toEqual([
      503,
      { status: 'not ready', checks: { database: 'ok', redis: 'failed' } },
    ]);
    expect(body).not.toContain('canary');
  });

  it('is 503 with the reason when a check gives one', async () => {
    const reason = 'the clock of this process is 6000 ms ahead of that of the database (db:5432)';
    const get = await start({
      checks: [up, { name: 'clocks', check: () => Promise.reject(new NotReadyError(reason)) }],
    });
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', checks: { database: 'ok', clocks: reason } });
  });

  it('is 503 within its time when one hangs', async () => {
    const ask = await start({ checks: [up, hanging, down], checkTimeoutMs: 20 });
    const begun = performance.now();
    const response = await ask('/readyz');
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'not ready', checks: { database: 'ok', limiter: 'timeout', redis: 'failed' } },
    ]);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('is 503 when one throws', async () => {
    const response = await (await start({ checks: [throwing] }))('/readyz');
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'not ready', checks: { broken: 'failed' } },
    ]);
  });

  it('asks anew each time', async () => {
    let works = true;
    const check = { name: 'database', check: () => (works ? Promise.resolve() : Promise.reject(new Error())) };
    const ask = await start({ checks: [check] });
    const statuses = [];
    for (works of [true, false, true]) statuses.push((await ask('/readyz')).status);
    expect(statuses).toEqual([200, 503, 200]);
  });
});

describe('/metrics', () => {
  it('shows the registry in its own type', async () => {
    const registry = new Registry();
    new Counter({ name: 'ardor_test_total', help: 'a test', registers: [registry] }).inc(3);
    const response = await (await start({ registry }))('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(registry.contentType);
    expect(await response.text()).toContain('ardor_test_total 3');
  });

  it('is 500 without a word when a collector fails', async () => {
    const registry = new Registry();
    new Counter({
      name: 'ardor_test_total',
      help: 'a test',
      registers: [registry],
      collect: () => {
        throw new Error('canary-771204');
      },
    });
    const response = await (await start({ registry }))('/metrics');
    expect([response.status, await response.text()]).toEqual([500, '']);
  });
});

describe('the paths', () => {
  it('are read without their query, by GET and HEAD', async () => {
    const ask = await start({ checks: [up] });
    expect((await ask('/healthz?probe=1')).status).toBe(200);
    const head = await ask('/readyz', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/healthz/'],
    ['GET', '/Healthz'],
    ['GET', '/queues'],
    ['GET', '/constructor'],
    ['GET', '/__proto__'],
    ['POST', '/healthz'],
    ['DELETE', '/metrics'],
  ])('%s %s is not ours', async (method, path) => {
    const response = await (await start())(path, { method });
    expect([response.status, await response.text()]).toEqual([404, 'not ours']);
  });
});
