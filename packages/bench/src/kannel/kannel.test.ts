import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDebian } from '@ardor/devstack/debian';
import { describeProcess } from '@ardor/devstack/pid-record';
import { waitFor } from '@ardor/runtime/wait-for';
import { TOOLS } from '@ardor/testkit/paths';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generate } from '../load/generator.js';
import { kannelPlan } from '../load/request-plan.js';
import { type RunningKannel, startKannel } from './start-kannel.js';
import which from 'which';

const describeWithKannel = isDebian() || which.sync('bearerbox', { nothrow: true }) ? describe : describe.skip;

let folder: string;
let kannel: RunningKannel;

describeWithKannel('Kannel', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ardor-kannel-'));
    kannel = await startKannel({ folder, cacheDir: TOOLS });
  }, 120_000);
  afterEach(async () => {
    await kannel.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes the messages of the generator to its SMSC, and leaves no process', async () => {
    const { url, port, pids, submitted, stop } = kannel;
    const pace = { kind: 'count', requests: 500 } as const;
    const result = await generate({ plan: kannelPlan(url), ports: [port], connections: 4, pace });
    expect(result).toMatchObject({ accepted: 500, errors: 0 });
    await waitFor(async () => (await submitted()) === 500);
    await stop();
    expect(Object.values(pids).filter((pid) => describeProcess(pid))).toEqual([]);
    // The SMSC's own count.
    expect(await readFile(join(folder, 'drive_smpp.log'), 'utf8')).toContain('messages sent to SMSC: 500\n');
  });
});
