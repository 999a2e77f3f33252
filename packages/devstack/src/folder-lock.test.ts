import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderInUse, lockFolder } from './folder-lock.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ardor-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lockFolder', () => {
  it('names the live process that uses the folder, until that one releases it', async () => {
    const release = await lockFolder(folder);
    const second = lockFolder(folder);
    await expect(second).rejects.toThrow(FolderInUse);
    await expect(second).rejects.toThrow(`process ${process.pid} uses ${folder}`);
    await release();
    await (
      await lockFolder(folder)
    )();
  });

  it('takes over what a killed process left behind', async () => {
    writeFileSync(join(folder, 'start.pid'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    mkdirSync(`${folder}.lock`);
    await (
      await lockFolder(folder)
    )();
  });
});
