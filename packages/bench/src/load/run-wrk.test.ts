import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from '@ardor/devstack/on-path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reply, startEchoServer } from '../testing/echo-server.js';
import { batchPlan, queryPlan, sendPlan, type RequestPlan } from './request-plan.js';
import { runWrk } from './run-wrk.js';

const command = onPath('wrk');
const withWrk = command ? describe : describe.skip;

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ardor-bench-wrk-'))));
afterAll(() => rm(folder, { recursive: true }));

withWrk('runWrk', () => {
  const run = (plan: RequestPlan, port: number) =>
    runWrk(
      { program: { command: command ?? '', env: {} }, plan, port, connections: 4, seconds: 1, folder },
      new AbortController().signal,
    );

  it('sends distinct bodies and counts what was answered', async () => {
    const server = await startEchoServer();
    const { accepted, errors, seconds, generatorLoad } = await run(sendPlan(3), server.port);
    await server.close();
    const numbers = server.bodies.map((body) => (JSON.parse(body) as { phone_number: string }).phone_number);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers[0]).toMatch(/^\+861303\d{7}$/);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThanOrEqual(numbers.length);
    expect({ errors, measured: seconds >= 1 && generatorLoad > 0 }).toEqual({ errors: 0, measured: true });
  });

  it('counts refusals', async () => {
    const server = await startEchoServer(reply(503));
    const { accepted, errors } = await run(sendPlan(3), server.port);
    await server.close();
    expect(accepted).toBe(0);
    expect(errors).toBeGreaterThan(0);
  });

  it('counts the results of batches', async () => {
    const server = await startEchoServer(
      reply(200, '{"results":[{"status":"error"},{"status":"queuing"},{"status":"queuing"}]}'),
    );
    const { accepted, errors } = await run(batchPlan(3, 3), server.port);
    await server.close();
    expect((JSON.parse(server.bodies[0] ?? '') as { messages: unknown[] }).messages).toHaveLength(3);
    expect(accepted).toBeGreaterThan(0);
    expect(errors * 2).toBe(accepted);
  });

  it('asks about the ids of a file', async () => {
    const file = join(folder, 'ids');
    await writeFile(file, `${'a'.repeat(36)}\n${'b'.repeat(36)}\n`);
    const server = await startEchoServer();
    await run(queryPlan(file), server.port);
    await server.close();
    const asked = new Set(server.bodies.map((body) => (JSON.parse(body) as { sms_uid: string }).sms_uid));
    expect([...asked].sort()).toEqual(['a'.repeat(36), 'b'.repeat(36)]);
  });
});
