import { DEMO } from '@ardor/domain/message/demo';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { query, send } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { type Service, launchService } from '@ardor/devstack/service';
import { startStack, type Stack } from './stack.js';

let stack: Stack;
let worker: Service | undefined;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  const body = 'Your code is 1.';
  await putTemplate(stack.db.database, { id: 'brief', body, lane: 'otp', validitySeconds: 1, onUnknown: 'wait' });
  await grantTemplate(stack.db.database, DEMO.clientId, 'brief');
});
afterAll(async () => {
  await worker?.stop();
  await stack.close();
});

it('never hands a message to the carrier whose time is over', async () => {
  const api = stack.apis[0] ?? '';
  const brief = (await send(api, '13800138001', { templet_id: 'brief', contents: [] })).body['sms_uid'] ?? '';
  const lasting = (await send(api, '13800138002')).body['sms_uid'] ?? '';
  await waitFor(async () => {
    const rows = await stack.db.query('SELECT 1 FROM messages WHERE id = $1 AND expires_at <= now()', [brief]);
    return rows.length > 0;
  });
  // Recovery sees it later than the worker, so the claim has to skip it.
  await stack.db.query(`UPDATE messages SET due_at = now() + interval '4 seconds' WHERE id = $1`, [brief]);
  worker = await launchService({ name: 'worker', env: stack.env });
  const ended = async (id: string): Promise<string> => {
    const { body } = await query(api, id);
    return `${body['status'] ?? ''} ${body['error_code'] ?? ''}`;
  };
  // The other message went through the same queue after it.
  await waitFor(async () => (await ended(lasting)) === 'delivered 0');
  await waitFor(async () => (await ended(brief)) === 'error expired');
  const lookups = await Promise.all([brief, lasting].map((id) => request(`${stack.simulator}/messages/${id}`)));
  await Promise.all(lookups.map((answer) => answer.body.dump()));
  expect(lookups.map(({ statusCode }) => statusCode)).toEqual([404, 200]);
  const ledger = await (await request(`${stack.simulator}/ledger`)).body.json();
  expect(ledger).toMatchObject({ taken: 1, references: 1, duplicates: [] });
  const rows = await stack.db.query('SELECT attempts::int, sent_at FROM messages WHERE id = $1', [brief]);
  expect(rows).toEqual([{ attempts: 0, sent_at: null }]);
});
