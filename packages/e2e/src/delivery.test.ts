import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query, scriptedNumber, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { startStack, type Stack } from './stack.js';

/** Messages of the large run; a tenth of them for each script of the simulator. */
const MESSAGES = Number(process.env['E2E_MESSAGES'] ?? 10_000);
const AT_ONCE = 64;

/** The final status and error code of each script of the simulator. */
const SCRIPTS = [
  'delivered 0',
  'error rejected',
  'error unreachable',
  'delivered 0',
  'delivered 0',
  'delivered 0',
  'delivered 0',
  'delivered 0',
  'sent 0',
  'delivered 0',
];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ingresses: 2, workers: 2, env: { QUERY_LIMIT_PER_SECOND: '100000', LOG_LEVEL: 'warn' } });
});
afterAll(() => stack.close());

const api = (n: number): string => stack.apis[n % stack.apis.length] ?? '';
const state = async (smsUid: string): Promise<string> => {
  const { body } = await query(api(0), smsUid);
  return `${body['status'] ?? ''} ${body['error_code'] ?? ''}`;
};
const ledger = async () =>
  (await (await request(`${stack.simulator}/ledger`)).body.json()) as {
    taken: number;
    references: number;
    duplicates: string[];
  };

/** Runs `work` for 0..count-1 with a bounded number in flight. */
async function forAll(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
}

describe('a message', () => {
  it('goes from the API to the handset and back', async () => {
    const { status, body } = await send(api(0), '13800138000');
    expect({ status, ...body }).toMatchObject({ status: 'queuing', error_code: '0' });
    await waitFor(async () => (await state(body['sms_uid'] ?? '')) === 'delivered 0');
    const page = await (await request(stack.simulator)).body.text();
    expect(page).toContain('+8613800138000');
    expect(page).toContain('Dear Member , your auth code is 8888.');
  });

  it(`reaches what its number’s script demands, and the carrier exactly once, for ${MESSAGES} messages`, async () => {
    const before = await ledger();
    const ids: string[] = [];
    await forAll(MESSAGES, async (n) => {
      const { status, body } = await send(api(n), scriptedNumber(n % 10, Math.floor(n / 10)));
      expect({ status, reason: body['reason'] }).toEqual({ status: 200, reason: undefined });
      ids[n] = body['sms_uid'] ?? '';
    });
    const wrong = new Map(ids.map((id, n) => [n, id]));
    await waitFor(
      async () => {
        const open = [...wrong];
        await forAll(open.length, async (index) => {
          const [n, id] = open[index] ?? [0, ''];
          if ((await state(id)) === SCRIPTS[n % 10]) wrong.delete(n);
        });
        return wrong.size === 0;
      },
      { withinMs: 110_000, everyMs: 500 },
    );
    // All but the rejected tenth were taken, each once.
    const after = await ledger();
    expect(after.duplicates).toEqual([]);
    expect(after.references - before.references).toBe(MESSAGES * 0.9);
    expect(after.taken - before.taken).toBe(MESSAGES * 0.9);
  }, 240_000);
});
