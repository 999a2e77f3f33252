import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@ardor/runtime/wait-for';
import { release, startCarrier } from '../test/carrier.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

function run(...args: string[]): Run {
  if (!existsSync(MAIN)) throw new Error('not built: run `pnpm run build` first');
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  release(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended };
}

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and exits 0 with a call still hanging', async (signal) => {
    const { child, output, ended } = run('--port', '0', '--deduplicate');
    await waitFor(() => output().includes('http://'));
    const url = /http:\/\/[\d.:]+/.exec(output())?.[0] ?? '';
    const messages = [{ reference: 'secret-ref', to: '+8617000500001', text: 'secret text' }];
    const hanging = fetch(`${url}/messages`, { method: 'POST', body: JSON.stringify({ messages }) });
    const cut = expect(hanging).rejects.toThrow();
    await waitFor(async () => (await fetch(`${url}/messages/secret-ref`)).ok);
    child.kill(signal);
    expect(await ended).toBe(0);
    await cut;
    expect(output()).not.toMatch(/secret|17000/);
  });

  it('says that its port is taken, and exits 1', async () => {
    const { port } = await startCarrier();
    const { output, ended } = run('--port', String(port));
    expect(await ended).toBe(1);
    expect(output()).toContain(`port ${port} of 127.0.0.1 is taken`);
  });

  it.each([
    ['--port', 'abc'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--latency-ms', '1.5'],
    ['--receipt-delay-ms', '-5'],
    ['--failure-rate', '1.01'],
    ['--failure-rate', 'often'],
    ['--failure-rate', ''],
    ['--colour', 'red'],
    ['--port', '0', 'stray'],
  ])('refuses %s %s %s', async (...args) => {
    const { output, ended } = run(...args.filter((arg) => typeof arg === 'string'));
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^error: /);
    expect(output()).not.toContain('    at ');
  });
});
