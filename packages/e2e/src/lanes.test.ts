import { DEMO } from '@ardor/domain/message/demo';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { startStack, type Stack } from './stack.js';

const FLOOD = 4_000;
const URGENT = 50;
const AT_ONCE = 64;
/** How much of the flood must still wait when the last urgent message has been sent. */
const BACKLOG = 2_000;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    env: { MAX_BACKLOG_SECONDS: '3600', BULK_CONCURRENCY: '2', LOG_LEVEL: 'warn' },
    simulatorArgs: ['--latency-ms', '500'],
  });
  const body = 'A sale has begun.';
  await putTemplate(stack.db.database, { id: 'sale', body, lane: 'bulk', validitySeconds: 3_600, onUnknown: 'wait' });
  await grantTemplate(stack.db.database, DEMO.clientId, 'sale');
});
afterAll(() => stack.close());

/** Runs `work` for 0..count-1 with a bounded number in flight. */
async function forAll(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
}

it('a flood in one lane keeps nothing in another waiting', async () => {
  const api = stack.apis[0] ?? '';
  const sale = { templet_id: 'sale', contents: [] };
  await forAll(FLOOD, async (n) => {
    const { status, body } = await send(api, `138${String(10_000_000 + n)}`, sale);
    expect({ status, reason: body['reason'] }).toEqual({ status: 200, reason: undefined });
  });
  const urgent: string[] = [];
  await forAll(URGENT, async (n) => {
    const { status, body } = await send(api, `139${String(10_000_000 + n)}`);
    expect(status).toBe(200);
    urgent.push(body['sms_uid'] ?? '');
  });
  await waitFor(async () => {
    const rows = await stack.db.query(`SELECT 1 FROM messages WHERE id = ANY($1) AND status = 'delivered'`, [urgent]);
    return rows.length === URGENT;
  });
  // In the carrier's order: thousands of the flood were accepted before the last urgent message and sent after it.
  const [behind] = await stack.db.query<{ count: string }>(
    `SELECT count(*) FROM messages flood WHERE template_id = 'sale'
       AND id < (SELECT id FROM messages WHERE id = ANY($1) ORDER BY id LIMIT 1)
       AND (sent_at IS NULL OR sent_at > (SELECT max(sent_at) FROM messages WHERE id = ANY($1)))`,
    [urgent],
  );
  expect(Number(behind?.count)).toBeGreaterThan(BACKLOG);
});
