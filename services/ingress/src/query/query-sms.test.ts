import { DEMO } from '@ardor/domain/message/demo';
import { createApplyReceipts } from '@ardor/store/receipts/apply-receipts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({ QUERY_LIMIT_PER_SECOND: '50' });
});
afterAll(() => ingress.close());

const accepted = async (): Promise<string> => ((await send(ingress)).body as { sms_uid: string }).sms_uid;

describe('a query', () => {
  it('shows a fresh message as queuing, in its own spelling of the id or not', async () => {
    const smsUid = await accepted();
    for (const id of [smsUid, smsUid.toUpperCase()]) {
      expect((await query(ingress, id)).body).toEqual({ sms_uid: smsUid, status: 'queuing', error_code: '0' });
    }
  });

  it.each([
    ['sending', 'queuing'],
    ['uncertain', 'queuing'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
  ])('shows %s as %s', async (status, shown) => {
    const smsUid = await accepted();
    await ingress.db.query('UPDATE messages SET status = $2::message_status WHERE id = $1', [smsUid, status]);
    expect((await query(ingress, smsUid)).body).toEqual({ sms_uid: smsUid, status: shown, error_code: '0' });
  });

  it('shows an error with its word, and never the carrier’s code', async () => {
    const smsUid = await accepted();
    const apply = createApplyReceipts(ingress.db.database);
    await apply([{ id: smsUid, status: 'undelivered', carrierId: 'c1', carrierCode: 'SECRET-27' }]);
    const answer = await query(ingress, smsUid);
    expect(answer.body).toEqual({ sms_uid: smsUid, status: 'error', error_code: 'unreachable' });
  });

  it('answers a foreign and an unknown sms_uid alike', async () => {
    const smsUid = await accepted();
    await ingress.db.query(`UPDATE messages SET client_id = 'other' WHERE id = $1`, [smsUid]);
    const [foreign, unknown] = [
      await query(ingress, smsUid),
      await query(ingress, '01900000-0000-7000-8000-000000000000'),
    ];
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    expect(foreign.body).toMatchObject({ sms_uid: '', error_code: '404', reason: 'message_unknown' });
  });

  it.each([
    ['not-a-uuid'],
    [''],
    [42],
    [undefined],
    ['550e8400-e29b-41d4-a716-44665544000'],
    ['[550e8400-e29b-41d4-a716-446655440000]'],
    ['{550e8400-e29b-41d4-a716-446655440000}'],
    ['550e8400e29b41d4a716446655440000'],
    ['550e8400:e29b:41d4:a716:446655440000'],
  ])('refuses %p with 400', async (smsUid) => {
    const answer = await query(ingress, smsUid);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ reason: 'invalid_request' });
  });

  it('is refused beyond QUERY_LIMIT_PER_SECOND, with Retry-After', async () => {
    const answers = await Promise.all(Array.from({ length: 120 }, () => query(ingress, DEMO.messageId)));
    const limited = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.body).toMatchObject({ error_code: '429', reason: 'query_rate_limited' });
    expect(Number(limited[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });
});
