import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.js';

const SERVICE = new URL('../../dist/process/service.js', import.meta.url);
const CONFIG = new URL('../../dist/config/setting-types.js', import.meta.url);
const CANARY = 'canary-771204';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

interface Run {
  readonly child: ChildProcess;
  readonly lines: () => Record<string, unknown>[];
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
}

/** A process of its own: `start` is the body of the service's start, which has `log` and `cleanup`. */
function service(start: string, before = ''): Run {
  return program(`
    import { configOrExit, runService } from ${JSON.stringify(SERVICE.href)};
    import { ConfigError, readConfig, secret, integer } from ${JSON.stringify(CONFIG.href)};
    ${before}
    await runService({
      name: 'test',
      logLevel: 'info',
      shutdownSeconds: 0.2,
      start: async ({ log, cleanup }) => {
        ${start}
        log.info('ready');
      },
    });
  `);
}

function program(text: string): Run {
  if (!existsSync(fileURLToPath(SERVICE))) throw new Error('not built: run `pnpm run build` first');
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const complete = (): string[] => stdout.split('\n').slice(0, -1);
  return {
    child,
    lines: () => complete().map((line) => JSON.parse(line) as Record<string, unknown>),
    stderr: () => stderr,
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

const events = ({ lines }: Run): unknown[] => lines().map((line) => line['event']);
const ready = (run: Run): Promise<true> => waitFor(() => events(run).includes('ready'));

/** Keeps the process alive until it is closed, as a server does. */
const OPEN = `
  const open = setInterval(() => {}, 1000);
  cleanup.defer('open', async () => { clearInterval(open); log.info('closed'); });
`;

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('closes at %s and exits 0', async (signal) => {
    const run = service(OPEN);
    await ready(run);
    run.child.kill(signal);
    expect(await run.ended).toBe(0);
    expect(events(run)).toEqual(['ready', 'stopping', 'closed', 'stopped']);
    expect(run.lines()[1]).toMatchObject({ signal, service: 'test' });
  });

  it('exits 1 when a close fails, after it has closed the rest', async () => {
    const run = service(`${OPEN} cleanup.defer('bad', async () => { throw new Error('${CANARY}'); });`);
    await ready(run);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(1);
    expect(events(run)).toEqual(['ready', 'stopping', 'closed', 'close failed', 'stopped']);
    expect(run.lines()[3]).toMatchObject({ resource: 'bad', error: { name: 'Error' } });
    expect(JSON.stringify(run.lines())).not.toContain(CANARY);
  });

  it('exits 1 when a close takes longer than the deadline', async () => {
    const run = service(`${OPEN} cleanup.defer('slow', () => new Promise(() => {}));`);
    await ready(run);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(1);
    expect(events(run)).toEqual(['ready', 'stopping', 'shutdown deadline passed']);
  });

  it('exits 1 when the start fails, and closes what was open by then', async () => {
    const run = service(`${OPEN} throw new Error('${CANARY}');`);
    expect(await run.ended).toBe(1);
    expect(events(run)).toEqual(['start failed', 'closed', 'stopped']);
    expect(JSON.stringify(run.lines()) + run.stderr()).not.toContain(CANARY);
  });

  it('exits 2 and says why when the start finds the configuration wrong', async () => {
    const run = service(`${OPEN} throw new ConfigError(['KEY is another']);`);
    expect(await run.ended).toBe(2);
    expect(run.stderr()).toBe('the configuration is wrong:\n  - KEY is another\n');
    expect(events(run)).toEqual(['start failed', 'closed', 'stopped']);
  });

  it.each([
    ['an exception that nobody caught', `setImmediate(() => { throw new Error('${CANARY}'); });`],
    ['a rejection that nobody caught', `void Promise.reject(new Error('${CANARY}'));`],
  ])('closes and exits 1 at %s', async (_, bug) => {
    const run = service(OPEN + bug);
    expect(await run.ended).toBe(1);
    expect(events(run)).toEqual(expect.arrayContaining(['uncaught error', 'closed', 'stopped']));
    expect(JSON.stringify(run.lines()) + run.stderr()).not.toContain(CANARY);
  });

  it('logs an error of the operating system with its words', async () => {
    const run = service(`const { readFile } = await import('node:fs/promises'); await readFile('/nowhere/at/all');`);
    expect(await run.ended).toBe(1);
    expect(run.lines()[0]).toMatchObject({ event: 'start failed', error: { code: 'ENOENT' } });
    expect(JSON.stringify(run.lines()[0])).toContain('no such file or directory');
  });
});

describe('configOrExit', () => {
  const read = (env: string): string =>
    `configOrExit(() => readConfig({ key: secret('KEY', /^k$/), size: integer('SIZE', { default: 5 }) }, ${env}));`;

  it('tells every mistake on standard error and exits 2', async () => {
    const run = service(OPEN, read(JSON.stringify({ KEY: CANARY, SIZE: 'x' })));
    expect(await run.ended).toBe(2);
    expect(run.stderr()).toBe(
      'the configuration is wrong:\n  - KEY is missing or malformed\n  - SIZE must be a number\n',
    );
    expect(run.lines()).toEqual([]);
  });

  it('gives what was read', async () => {
    const run = service(`${OPEN} log.info(config.key + config.size);`, `const config = ${read('{ KEY: "k" }')}`);
    await ready(run);
    expect(events(run)).toEqual(['k5', 'ready']);
  });

  it('leaves any other error to whoever catches it', async () => {
    const run = service(OPEN, 'configOrExit(() => { throw new TypeError("a bug"); });');
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('a bug');
  });
});
