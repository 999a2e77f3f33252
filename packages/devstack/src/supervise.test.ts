import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from './child.js';
import { type Supervision, supervise } from './supervise.js';
import { waitFor } from '@ardor/runtime/wait-for';

let order = '';
beforeEach(() => void (order = join(mkdtempSync(join(tmpdir(), 'ardor-supervise-')), 'order')));
afterEach(() => rmSync(join(order, '..'), { recursive: true, force: true }));

/** Writes its name to the file `order` when it is asked to stop. */
const PROGRAM = `
  const { NAME, ORDER } = process.env;
  process.on('SIGTERM', () => { require('node:fs').appendFileSync(ORDER, NAME + ' '); process.exit(0); });
  setInterval(() => console.log(NAME + ' runs'), 20);
`;

async function startProgram(name: string, { superviseChild }: Supervision, script = PROGRAM): Promise<Child> {
  const env = { NAME: name, ORDER: order };
  const child = await startChild({ name, command: process.execPath, args: ['-e', script], cwd: '/', env });
  superviseChild(child);
  return child;
}

const running = (child: Child): Promise<boolean> => waitFor(() => child.output().includes('runs'));

function begin(bringUp: (supervision: Supervision) => Promise<void>) {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const said: string[] = [];
  const code = supervise(bringUp, { print: (line) => said.push(line), stop: stop.signal, kill: kill.signal });
  return { code, said: () => said.join('\n'), stop: () => stop.abort(), kill: () => kill.abort() };
}

const stopped = (): string => readFileSync(order, 'utf8').trim();

describe('supervise', () => {
  it('stops in the reverse order of the start', async () => {
    const up = Promise.withResolvers<true>();
    const run = begin(async (supervision) => {
      for (const name of ['first', 'second']) await running(await startProgram(name, supervision));
      up.resolve(true);
    });
    await up.promise;
    run.stop();
    expect(await run.code).toBe(0);
    expect(stopped()).toBe('second first');
  });

  it('kills those that do not stop when it is told to', async () => {
    const up = Promise.withResolvers<Child>();
    const run = begin(async (supervision) => {
      const deaf = `process.on('SIGTERM', () => console.log('no')); setInterval(() => console.log('runs'), 20)`;
      const child = await startProgram('deaf', supervision, deaf);
      await running(child);
      up.resolve(child);
    });
    const child = await up.promise;
    run.stop();
    await waitFor(() => child.output().includes('no'));
    const killedAt = performance.now();
    run.kill();
    expect(await run.code).toBe(0);
    // Without the kill it would be ten seconds.
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('tells the last lines of a child that dies, and stops the others', async () => {
    const run = begin(async (supervision) => {
      await running(await startProgram('first', supervision));
      await startProgram('doomed', supervision, 'console.error("last words"); process.exit(7)');
    });
    expect(await run.code).toBe(1);
    expect(run.said()).toMatch(/doomed ended with code 7[^]*last words/);
    expect(stopped()).toBe('first');
  });

  it('tells why the start failed, and stops what it had started', async () => {
    const run = begin(async (supervision) => {
      await running(await startProgram('first', supervision));
      throw new Error('no Postgres here');
    });
    expect(await run.code).toBe(1);
    expect(run.said()).toContain('no Postgres here');
    expect(stopped()).toBe('first');
  });

  it('stops what has been started when it is asked to in the middle of the start', async () => {
    const late = Promise.withResolvers<true>();
    const run = begin(async (supervision) => {
      const first = await startProgram('first', supervision);
      await running(first);
      supervision.stopping.addEventListener('abort', () => late.resolve(true));
      run.stop();
      await late.promise;
      await running(await startProgram('late', supervision));
    });
    expect(await run.code).toBe(0);
    expect(stopped()).toBe('late first');
  });
});
