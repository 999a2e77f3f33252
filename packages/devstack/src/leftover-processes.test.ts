import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from './child.js';
import { stopLeftover } from './leftover-processes.js';
import { describeProcess, isAlive, readPidRecord } from './pid-record.js';

let folder = '';
let pidFile = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ardor-leftover-'));
  pidFile = join(folder, 'sleeper.pid');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startSleeper = (): Promise<Child> =>
  startChild({
    name: 'sleeper',
    command: process.execPath,
    args: ['-e', 'setInterval(() => 0, 1000)'],
    cwd: folder,
    env: {},
    pidFile,
  });

describe('stopLeftover', () => {
  it('stops the process of the record', async () => {
    const sleeper = await startSleeper();
    const said: string[] = [];
    await stopLeftover(pidFile, { name: 'sleeper', log: (line) => said.push(line) });
    expect(said).toEqual([`stopped sleeper (process ${sleeper.pid}) of an earlier run`]);
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(existsSync(pidFile)).toBe(false);
  });

  it('leaves alone a process that has the pid of the record but was started at another time', async () => {
    const sleeper = await startSleeper();
    const record = readPidRecord(pidFile);
    const reused = join(folder, 'reused.pid');
    writeFileSync(reused, JSON.stringify({ pid: sleeper.pid, started: `${record?.started ?? ''}1` }));
    await stopLeftover(reused, { name: 'sleeper' });
    expect(record && isAlive(record)).toBe(true);
    expect(existsSync(reused)).toBe(false);
    await sleeper.stop();
  });

  it.each(['', '{', '{"pid":1,"started":"x"}', '{"pid":"7"}'])('ignores a broken record: %j', async (text) => {
    writeFileSync(pidFile, text);
    await stopLeftover(pidFile, { name: 'broken' });
    expect(existsSync(pidFile)).toBe(false);
  });
});

describe('describeProcess', () => {
  it('tells this process from none', () => {
    expect(describeProcess(process.pid)?.pid).toBe(process.pid);
    expect(describeProcess(2 ** 30)).toBeUndefined();
  });
});
