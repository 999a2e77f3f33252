import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { send } from '@ardor/testkit/api';
import { startStack, type Stack } from './stack.js';

const REQUESTS = 300;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

it('drains on SIGTERM: exits 0 in time, and what it acknowledged is stored', async () => {
  const { ingresses, workers } = stack;
  const answers: Promise<string | undefined>[] = Array.from({ length: REQUESTS }, (_, n) =>
    send(stack.apis[0] ?? '', `136${String(10_000_000 + n)}`).then(
      ({ status, body }) => (status === 200 ? body['sms_uid'] : undefined),
      // The closing server refused the connection: the caller knows that nothing was accepted.
      () => undefined,
    ),
  );
  await Promise.race(answers);
  const startedAt = performance.now();
  const exit = await ingresses[0]?.stop();
  expect(exit).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  const accepted = (await Promise.all(answers)).filter((id) => id !== undefined);
  expect(accepted.length).toBeGreaterThan(0);
  const rows = await stack.db.query<{ id: string }>('SELECT id FROM messages WHERE id = ANY($1)', [accepted]);
  expect(rows).toHaveLength(accepted.length);
  expect(await workers[0]?.stop()).toEqual({ code: 0, signal: null });
  expect(ingresses[0]?.output()).toContain('"event":"stopped"');
  expect(await stack.db.query(`SELECT 1 FROM messages WHERE status = 'sending'`)).toEqual([]);
});
