import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isDebian } from '@ardor/devstack/debian';
import { onPath } from '@ardor/devstack/on-path';
import { describeProcess } from '@ardor/devstack/pid-record';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SEND_SCRIPT } from './send-script.js';
import { type RunningKannel, startKannel } from './start-kannel.js';

const describeWith = (program: unknown): typeof describe.skip => (program ? describe : describe.skip);

let folder: string;
let kannel: RunningKannel | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ardor-kannel-'));
});

afterEach(async () => {
  await kannel?.stop();
  await rm(folder, { recursive: true, force: true });
});

describeWith(isDebian() || onPath('bearerbox'))('Kannel', () => {
  it.each(['smpp', 'fake'] as const)('takes 20 messages to its SMSC (%s) and leaves no process', async (smsc) => {
    kannel = await startKannel({ folder, cacheDir: TOOLS, smsc });
    const { url, pids, submitted, stop } = kannel;
    const numbers = Array.from({ length: 20 }, (_, i) => 4915110000000 + i);
    const answers = await Promise.all(numbers.map((number) => fetch(`${url}&to=%2B${number}&text=Hello`)));
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 202));
    await waitFor(async () => (await submitted()) === 20);
    await stop();
    expect(Object.values(pids).filter((pid) => describeProcess(pid))).toEqual([]);
  });

  it('counts what the SMSC itself has counted', async () => {
    const { url, submitted, stop } = (kannel = await startKannel({ folder, cacheDir: TOOLS, smsc: 'smpp' }));
    await fetch(`${url}&to=%2B4915110000000&text=Hello`);
    await waitFor(async () => (await submitted()) === 1);
    await stop();
    expect(await readFile(join(folder, 'drive_smpp.log'), 'utf8')).toContain('messages sent to SMSC: 1\n');
  });

  it('has its store on disk when told to', async () => {
    const { url, submitted } = (kannel = await startKannel({ folder, cacheDir: TOOLS, store: 'spool' }));
    await fetch(`${url}&to=%2B4915110000000&text=Hello`);
    await waitFor(async () => (await submitted()) === 1);
    expect(await readdir(join(folder, 'spool'))).not.toEqual([]);
  });

  describeWith(onPath('wrk'))('under wrk', () => {
    it('gets a message per request, and a summary at the end', async () => {
      const { url, submitted } = (kannel = await startKannel({ folder, cacheDir: TOOLS }));
      const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c2', '-d1s', '-s', SEND_SCRIPT, url]);
      const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
      expect(summary).toMatchObject({ refused: 0, broken: 0 });
      expect(summary['requests']).toBeGreaterThan(0);
      await waitFor(async () => (await submitted()) >= (summary['requests'] ?? Infinity));
    });
  });
});
