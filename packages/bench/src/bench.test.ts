import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT } from '@ardor/testkit/paths';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BASELINE } from './guard/guard-ratios.js';
import { NO_MORE } from './scenarios/measurement.js';

const MAIN = `${CHECKOUT}packages/bench/dist/main.js`;
const TIMEOUT_MS = 240_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ardor-bench-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[]) =>
  promisify(execFile)(process.execPath, [MAIN, ...args], { env: { ...process.env, TMPDIR: folder } });

describe('the bench', () => {
  it(
    'measures, writes its result down, and leaves nothing behind',
    async () => {
      const json = join(folder, 'result.json');
      const { stdout } = await run([
        '--seconds',
        '1',
        '--rounds',
        '1',
        '--rate',
        '200',
        '--json',
        json,
        'http-ceiling',
        'accept',
      ]);
      const number: unknown = expect.any(Number);
      const spent = existsSync('/proc/self/stat') ? number : null;
      const cpu_us = { ingress: spent, redis: spent, postgres: spent, total: spent };
      expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({
        machine: {
          node: process.version,
          cpu: expect.any(String),
          cores: number,
          postgres: expect.stringMatching(/^\d/),
          redis: expect.stringMatching(/^\d/),
          seconds: 1,
          ingresses: 1,
          workers: 1,
        },
        scenarios: {
          'http-ceiling': {
            per_second: number,
            errors: 0,
            ...NO_MORE,
            cpu_us: { ...cpu_us, worker: null, redis: null, postgres: null },
          },
          accept: {
            per_second: number,
            errors: number,
            loop_delay_p99_ms: number,
            cpu_us: { ...cpu_us, worker: null },
            latency_ms: { p50: number, p99: number, p999: number },
            memory: { redis_bytes_per_queued: number, postgres_bytes_per_row: number },
          },
        },
        ratios: expect.any(Object),
        warnings: expect.any(Array),
      });
      expect(stdout).toMatch(/^http-ceiling /m);
      expect(stdout).toMatch(/^accept /m);
      expect(await readdir(folder)).toEqual(['result.json']);
    },
    TIMEOUT_MS,
  );

  it(
    'guards its ratios, and writes nothing unless told to',
    async () => {
      const before = await readFile(BASELINE, 'utf8');
      // One short round on a busy machine may be over the limit, which is code 1. Any other code is a failure.
      const { stdout } = await run(['guard', '--seconds', '1', '--rounds', '1']).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 1 });
        return error as { stdout: string };
      });
      if (existsSync('/proc/self/stat'))
        expect(stdout).toMatch(/^accept_batch_total +\d+\.\d\d +\S+ +\S+ +(ok|over)$/m);
      expect(await readFile(BASELINE, 'utf8')).toBe(before);
      expect(await readdir(folder)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'measures over a table that is filled beforehand',
    async () => {
      const { stdout } = await run(['depth', '--waiting', '0,2000', '--history', '0,2000', '--messages', '500']);
      // Depth, four figures with their ratios (dashes without /proc), and no errors.
      for (const depth of ['0 +0', '2,000 +0', '0 +2,000'])
        expect(stdout).toMatch(new RegExp(`^${depth}( +\\S+){8} +0$`, 'm'));
      expect(await readdir(folder)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each([
    [['nonsense'], 'nonsense'],
    [['--seconds', '0'], 'whole number'],
    [['guard', '--seconds', '0'], 'whole number'],
    [['depth', '--waiting', '0,x'], 'whole number'],
  ])('ends with code 2 when told %j', async (args, words) => {
    await expect(run(args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });
});
