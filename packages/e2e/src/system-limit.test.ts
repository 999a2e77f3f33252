import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { startStack, type Stack } from './stack.js';

const LIMIT = 100;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    ingresses: 2,
    workers: 0,
    env: { SEND_LIMIT_PER_SECOND: String(LIMIT), LOG_LEVEL: 'warn' },
  });
});
afterAll(() => stack.close());

it('holds the limit of the whole system over several ingress processes', async () => {
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 400 }, (_, n) => send(stack.apis[n % 2] ?? '', `137${String(10_000_000 + n)}`)),
  );
  const seconds = Math.ceil((performance.now() - startedAt) / 1000);
  const accepted = answers.filter(({ status }) => status === 200).length;
  expect(accepted).toBeGreaterThanOrEqual(LIMIT);
  expect(accepted).toBeLessThanOrEqual(LIMIT * seconds);
  const limited = answers.find(({ status }) => status === 429);
  expect(limited?.body['reason']).toBe('send_rate_limited');
  expect(limited?.headers['retry-after']).toBe('1');
  // A send that the system limit refused took no slot of its number.
  const refused = answers.findIndex(({ status }) => status === 429);
  await waitFor(async () => (await send(stack.apis[0] ?? '', `137${String(10_000_000 + refused)}`)).status === 200);
});
