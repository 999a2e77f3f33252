import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findNode } from './find-node.js';
import { nodeCandidates } from './node-candidates.js';

let home = '';
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'ardor-node-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const RUNNING = { path: process.execPath, version: '20.19.0' };

/** A program that says this when it is asked for its version. */
function program(path: string, script: string): string {
  const full = join(home, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return full;
}
const says = (path: string, version: string): string => program(path, `[ "$1" = --version ] && echo ${version}`);
const find = (env: Record<string, string> = {}, wanted?: string, timeoutMs?: number) =>
  findNode({ wanted, running: RUNNING, env, home, ...(timeoutMs === undefined ? {} : { timeoutMs }) });

describe('the Nodes of a machine', () => {
  it.each([
    ['nvm', '.nvm/versions/node/v24.21.0/bin/node'],
    ['nvm in the XDG folder', '.config/nvm/versions/node/v24.21.0/bin/node'],
    ['fnm', '.local/share/fnm/node-versions/v24.21.0/installation/bin/node'],
    ['fnm in its old folder', '.fnm/node-versions/v24.21.0/installation/bin/node'],
    ['fnm on a Mac', 'Library/Application Support/fnm/node-versions/v24.21.0/installation/bin/node'],
    ['volta', '.volta/tools/image/node/24.21.0/bin/node'],
    ['n', 'n/n/versions/node/24.21.0/bin/node'],
    ['asdf', '.asdf/installs/nodejs/24.21.0/bin/node'],
    ['mise', '.local/share/mise/installs/node/24.21.0/bin/node'],
  ])('are those of %s', async (_, path) => {
    const full = says(path, 'v24.21.0');
    expect(await find()).toEqual({ path: full, version: '24.21.0' });
  });

  it.each([
    ['NVM_DIR', 'x/versions/node/v24.21.0/bin/node'],
    ['FNM_DIR', 'x/node-versions/v24.21.0/installation/bin/node'],
    ['VOLTA_HOME', 'x/tools/image/node/24.21.0/bin/node'],
    ['N_PREFIX', 'x/n/versions/node/24.21.0/bin/node'],
    ['ASDF_DATA_DIR', 'x/installs/nodejs/24.21.0/bin/node'],
    ['MISE_DATA_DIR', 'x/installs/node/24.21.0/bin/node'],
  ])('are those where %s leads', async (variable, path) => {
    const full = says(path, 'v24.21.0');
    expect(await find({ [variable]: join(home, 'x') })).toMatchObject({ path: full });
    expect(await find()).toEqual(RUNNING);
  });

  it('are all on PATH, also behind the first, and each once', () => {
    const [one, two] = [says('a/node', 'v20.19.0'), says('b/node', 'v24.21.0')];
    mkdirSync(join(home, 'c'));
    symlinkSync(two, join(home, 'c/node'));
    const PATH = ['a', 'nowhere', 'b', 'c'].map((folder) => join(home, folder)).join(':');
    expect(nodeCandidates({ PATH }, home)).toEqual([one, two]);
  });

  it('are passed over when they are broken, hang, or say something else', async () => {
    program('.nvm/versions/node/v24.1.0/bin/node', 'exit 3');
    program('.nvm/versions/node/v24.2.0/bin/node', 'exec sleep 60');
    program('.nvm/versions/node/v24.3.0/bin/node', 'echo hello');
    writeFileSync(says('.nvm/versions/node/v24.4.0/bin/node', 'v24.4.0'), 'no program', { mode: 0o644 });
    mkdirSync(join(home, '.nvm/versions/node/v24.5.0/bin/node'), { recursive: true });
    expect(await find({}, undefined, 500)).toEqual(RUNNING);
    const good = says('.nvm/versions/node/v24.6.0/bin/node', 'v24.6.0');
    // Long enough for a busy machine; the one that hangs takes all of it.
    expect(await find({}, undefined, 5_000)).toEqual({ path: good, version: '24.6.0' });
  });

  it('are asked for their version, whatever their folder is called', async () => {
    says('.nvm/versions/node/v24.21.0/bin/node', 'v18.0.0');
    expect(await find()).toEqual(RUNNING);
  });
});

describe('ARDOR_NODE', () => {
  it('is used, though a better one is there', async () => {
    says('.nvm/versions/node/v24.21.0/bin/node', 'v24.21.0');
    const wanted = says('mine/node', 'v20.19.0');
    expect(await find({}, wanted)).toEqual({ path: wanted, version: '20.19.0' });
  });

  it('must be a Node that runs', async () => {
    const wrong = 'ARDOR_NODE must name a Node that runs';
    await expect(find({}, join(home, 'nothing'))).rejects.toThrow(wrong);
    await expect(find({}, home)).rejects.toThrow(wrong);
    await expect(find({}, program('other', 'echo hello'))).rejects.toThrow(wrong);
  });

  it.each(['v20.18.3', 'v18.20.0'])('must be 20.19 or newer, which %s is not', async (version) => {
    await expect(find({}, says('old/node', version))).rejects.toThrow('ARDOR_NODE is too old: Ardor needs Node 20.19');
  });
});
