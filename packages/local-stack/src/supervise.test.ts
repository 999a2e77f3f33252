import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pickPort } from './ports.js';
import { type ServiceSpec } from './service-spec.js';
import { supervise } from './supervise.js';
import { until } from './until.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ardor-supervise-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A service: ready at once, writes its name to `order` when asked to stop, dies when told to over HTTP. */
const SERVICE = `
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
const { NAME, PORT, ORDER } = process.env;
console.log(NAME + ' was given ' + process.env.GIVEN);
createServer((request, response) => {
  if (request.url === '/die') { console.error('last words of ' + NAME); process.exit(7); }
  response.end();
}).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => { appendFileSync(ORDER, NAME + '\\n'); process.exit(0); });
`;

async function service(name: string): Promise<ServiceSpec> {
  const script = join(folder, 'service.mjs');
  writeFileSync(script, SERVICE);
  const port = await pickPort();
  return {
    name,
    args: [script],
    env: { NAME: name, PORT: String(port), ORDER: join(folder, 'order') },
    readyUrl: `http://127.0.0.1:${port}/`,
  };
}

function begin(services: ServiceSpec[], prepare = () => Promise.resolve<NodeJS.ProcessEnv>({ GIVEN: 'a base' })) {
  const stop = new AbortController();
  const said: string[] = [];
  let ready = false;
  const code = supervise({
    home: { logs: join(folder, 'logs'), run: join(folder, 'run') },
    print: (line) => said.push(line),
    node: process.execPath,
    services,
    prepare: async ({ closers }) => {
      closers.defer('base', () => appendFile(join(folder, 'order'), 'base\n'));
      return prepare();
    },
    onReady: () => {
      ready = true;
    },
    stop: stop.signal,
  });
  return { code, said, stop: () => stop.abort(), ready: () => until(() => ready || undefined, { withinMs: 20_000 }) };
}

const order = (): string[] => readFileSync(join(folder, 'order'), 'utf8').trim().split('\n');

describe('supervise', () => {
  it('starts in order, hands on the environment, and stops the other way round', async () => {
    const run = begin([await service('first'), await service('second')]);
    expect(await run.ready()).toBe(true);
    expect(readFileSync(join(folder, 'logs', 'first.log'), 'utf8')).toContain('first was given a base');
    run.stop();
    expect(await run.code).toBe(0);
    expect(order()).toEqual(['second', 'first', 'base']);
    expect(readdirSync(join(folder, 'run'))).toEqual([]);
  });

  it('reports a child that dies with its last words, and stops the others', async () => {
    const doomed = await service('doomed');
    const run = begin([await service('first'), doomed]);
    expect(await run.ready()).toBe(true);
    await fetch(`${doomed.readyUrl}die`).catch(() => undefined);
    expect(await run.code).toBe(1);
    expect(run.said.join('\n')).toContain('doomed ended with code 7');
    expect(run.said.join('\n')).toContain('last words of doomed');
    expect(order()).toEqual(['first', 'base']);
  });

  it('gives up the start when a child dies before it is ready', async () => {
    const broken = { ...(await service('broken')), args: ['-e', 'console.error("no such setting"); process.exit(2)'] };
    const run = begin([await service('first'), broken]);
    expect(await run.code).toBe(1);
    expect(run.said.join('\n')).toMatch(/broken ended with code 2[^]*no such setting/);
    expect(order()).toEqual(['first', 'base']);
  });

  it('stops what has been started when it is asked to in the middle of the start', async () => {
    const slow = { ...(await service('slow')), readyUrl: `http://127.0.0.1:${await pickPort()}/` };
    const run = begin([slow]);
    const started = await until(() => existsSync(join(folder, 'run', 'slow.pid')) || undefined, { withinMs: 20_000 });
    expect(started).toBe(true);
    run.stop();
    expect(await run.code).toBe(0);
    expect(readdirSync(join(folder, 'run'))).toEqual([]);
    expect(order().at(-1)).toBe('base');
  });

  it('says why the base did not start, and starts nothing on it', async () => {
    const run = begin([await service('first')], () => Promise.reject(new Error('no Postgres here')));
    expect(await run.code).toBe(1);
    expect(run.said).toContain('no Postgres here');
    expect(order()).toEqual(['base']);
  });
});
