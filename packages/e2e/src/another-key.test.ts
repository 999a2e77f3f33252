import { randomBytes } from 'node:crypto';
import { launchService, startService, type Service } from '@ardor/devstack/service';
import { waitFor } from '@ardor/runtime/wait-for';
import { scriptedNumber, send } from '@ardor/testkit/api';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startStack, type Stack } from './stack.js';

const MESSAGES = 200;
const ANOTHER_KEY = { ARDOR_MASTER_KEY: randomBytes(32).toString('base64') };

let stack: Stack;
let intruder: Service | undefined;
beforeAll(async () => {
  stack = await startStack({ env: { RETRY_BASE_MS: '50', RETRY_CAP_MS: '200', LOG_LEVEL: 'warn' } });
});
afterAll(async () => {
  await intruder?.stop();
  await stack.close();
});

it.each(['ingress', 'worker'] as const)('an %s with another key exits 2, says so and writes nothing', async (name) => {
  const before = await dump();
  const service = await launchService({ name, env: { ...stack.env, ...ANOTHER_KEY } });
  expect(await service.exited).toEqual({ code: 2, signal: null });
  expect(service.output()).toContain('ARDOR_MASTER_KEY is not the key of this database');
  expect(service.output()).not.toContain(ANOTHER_KEY.ARDOR_MASTER_KEY);
  expect(await dump()).toEqual(before);
});

/** Two workers share the jobs. One of them was let in by removing the check value. */
it('a worker with another key loses no message: the other one delivers all', async () => {
  await stack.db.query('DELETE FROM key_check');
  intruder = await startService({ name: 'worker', env: { ...stack.env, ...ANOTHER_KEY } });
  const numbers = Array.from({ length: MESSAGES }, (_, n) => scriptedNumber(0, n));
  const ids = await Promise.all(
    numbers.map(async (number) => (await send(stack.apis[0] ?? '', number)).body['sms_uid']),
  );
  const count = async (): Promise<Record<string, unknown>[]> =>
    stack.db.query(
      'SELECT status, reason, count(*)::int AS n FROM messages WHERE id = ANY($1) GROUP BY status, reason',
      [ids],
    );
  await waitFor(async () => {
    const found = await count();
    return found.length === 1 && found[0]?.['status'] === 'delivered';
  }).catch(() => undefined);
  expect(await count()).toEqual([{ status: 'delivered', reason: null, n: MESSAGES }]);
  // Otherwise the right worker had all of them, and the test has shown nothing.
  const metrics = await (await fetch(`${intruder.opsUrl}/metrics`)).text();
  expect(Number(/^ardor_undecipherable_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  expect(intruder.output()).toContain('"event":"messages not opened"');
}, 90_000);

async function dump(): Promise<object[][]> {
  // The right worker renews its own lease meanwhile.
  const columns = { workers: 'id', limiter_epoch: '*', key_check: '*', messages: 'id, status' };
  return Promise.all(
    Object.entries(columns).map(([table, names]) => stack.db.query(`SELECT ${names} FROM ${table} ORDER BY 1`)),
  );
}
