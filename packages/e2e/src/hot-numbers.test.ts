import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { send } from '@ardor/testkit/api';
import { startStack, type Stack } from './stack.js';

const NUMBERS = 40;
const TRIES = 25;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ingresses: 3, workers: 0, env: { LOG_LEVEL: 'warn' } });
});
afterAll(() => stack.close());

it('accepts a number once in 60 s, whichever ingress is asked and however many ask at once', async () => {
  const attempts = Array.from({ length: NUMBERS * TRIES }, (_, n) => ({
    phone: `1390000${String(1_000 + (n % NUMBERS))}`,
    api: stack.apis[n % stack.apis.length] ?? '',
  }));
  const answers = await Promise.all(attempts.map(({ api, phone }) => send(api, phone)));
  const accepted = attempts.filter((_, n) => answers[n]?.status === 200).map(({ phone }) => phone);
  expect(accepted).toHaveLength(NUMBERS);
  expect(new Set(accepted).size).toBe(NUMBERS);
  for (const { status, body, headers } of answers) {
    if (status === 200) continue;
    expect({ status, reason: body['reason'] }).toEqual({ status: 429, reason: 'number_rate_limited' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(50);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  }
  const [{ count } = { count: '' }] = await stack.db.query<{ count: string }>(
    `SELECT count(*) FROM messages WHERE status = 'queuing'`,
  );
  expect(count).toBe(String(NUMBERS));
});
