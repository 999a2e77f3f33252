import { mkdtempSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startChild } from './child.js';
import { stopOrphan } from './orphan.js';
import { describeProcess, isAlive, readRecord } from './process-record.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ardor-orphan-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startSleeper = () =>
  startChild({
    ...{ name: 'sleeper', command: process.execPath, args: ['-e', 'setInterval(() => 0, 1000)'], cwd: folder },
    ...{ env: process.env, logFile: join(folder, 'sleeper.log'), pidFile: join(folder, 'sleeper.pid') },
  });

const STEPS = [{ signal: 'SIGTERM', waitMs: 5_000 }] as const;

describe('stopOrphan', () => {
  it('stops the process of the record', async () => {
    const sleeper = await startSleeper();
    expect(await stopOrphan(join(folder, 'sleeper.pid'), STEPS)).toBe(sleeper.pid);
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(existsSync(join(folder, 'sleeper.pid'))).toBe(false);
  });

  it('leaves alone a process that has the pid of the record but was started at another time', async () => {
    const sleeper = await startSleeper();
    const record = readRecord(join(folder, 'sleeper.pid'));
    const reused = join(folder, 'reused.pid');
    writeFileSync(reused, JSON.stringify({ pid: sleeper.pid, started: `${record?.started ?? ''}1` }));
    expect(await stopOrphan(reused, STEPS)).toBeUndefined();
    expect(record && isAlive(record)).toBe(true);
    expect(existsSync(reused)).toBe(false);
    await sleeper.stop();
  });

  it.each(['', '{', '{"pid":1,"started":"x"}', '{"pid":"7"}'])('ignores a broken record: %j', async (text) => {
    writeFileSync(join(folder, 'broken.pid'), text);
    expect(await stopOrphan(join(folder, 'broken.pid'), STEPS)).toBeUndefined();
  });
});

describe('describeProcess', () => {
  it('tells this process from none', () => {
    expect(describeProcess(process.pid)?.pid).toBe(process.pid);
    expect(describeProcess(2 ** 30)).toBeUndefined();
  });
});
