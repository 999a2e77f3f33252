import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { busiest, cpuPerMessage, type CpuSnapshot } from './cpu-groups.js';
import { cpuMicros } from './process-cpu.js';

const BURN = `
  while (process.cpuUsage().user + process.cpuUsage().system < 600_000);
  const { user, system } = process.cpuUsage();
  console.log(user + system);
  setInterval(() => 0, 1_000);`;
const onLinux = existsSync('/proc/self/stat') ? describe : describe.skip;

const children: ReturnType<typeof spawn>[] = [];
// Each has a process group, so that the children of a shell are killed too.
afterEach(() => children.splice(0).forEach(({ pid = 0 }) => process.kill(-pid, 'SIGKILL')));

/** Starts a process that uses CPU. Returns its pid and the microseconds that it reports. */
async function burner(command: string, args: string[]): Promise<{ pid: number; said: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, said: Number(chunk.toString()) };
}

onLinux('cpuMicros', () => {
  it('is what a process says of itself', async () => {
    const { pid, said } = await burner(process.execPath, ['-e', BURN]);
    const micros = cpuMicros(pid) ?? 0;
    expect(micros).toBeGreaterThan(said * 0.7);
    expect(micros).toBeLessThan(said * 1.6);
  });

  it('has a child that lives, and one that has ended', async () => {
    const ends = BURN.replace('setInterval(() => 0, 1_000);', '');
    const script = `"$0" -e '${ends}' >&2; "$0" -e '${BURN}' & wait`;
    const { pid } = await burner('/bin/sh', ['-c', script, process.execPath]);
    expect(cpuMicros(pid)).toBeGreaterThan(1_200_000 * 0.7);
  });

  it('is null for a process that is not there', () => {
    expect(cpuMicros(2 ** 30)).toBeNull();
  });
});

describe('cpuPerMessage', () => {
  const at = (ingress: (number | null)[], postgres: (number | null)[]): CpuSnapshot => ({
    ...{ ingress, worker: [], redis: [], postgres },
  });

  it('adds up the processes of a group, and the groups that have a part', () => {
    expect(cpuPerMessage(at([100, 200], [0]), at([300, 600], [400]), 10)).toEqual({
      ...{ ingress: 60, worker: null, redis: null, postgres: 40, total: 100 },
    });
  });

  it('is null where nothing can be read or nothing was done', () => {
    const none = { ingress: null, worker: null, redis: null, postgres: null, total: null };
    expect(cpuPerMessage(at([null], [null]), at([null], [null]), 10)).toEqual(none);
    expect(cpuPerMessage(at([1], [1]), at([2], [2]), 0)).toEqual(none);
  });

  it('knows the busiest', () => {
    expect(busiest(at([0, 0], [0]), at([1e6, 2e6], [9e6]), ['ingress'], 4)).toBe(0.5);
    expect(busiest(at([null], []), at([null], []), ['ingress'], 4)).toBe(0);
  });
});
