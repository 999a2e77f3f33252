import { testKeyring } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
});
afterAll(() => ingress.close());

const accepted = async (): Promise<string> => ((await send(ingress)).body as { sms_uid: string }).sms_uid;
const token = (id: string): string => testKeyring().receiptToken(id);
const receipt = (id: string, fields: Record<string, unknown> = {}, path = `${id}/${token(id)}`) =>
  ingress.api
    .post(`/receipts/simulator/${path}`)
    .send({ id: 'carrier-1', reference: id, status: 'delivered', code: '000', at: '2026-01-01T00:00:00Z', ...fields });

describe('a receipt', () => {
  it.each([
    ['delivered', 'delivered', '0'],
    ['undelivered', 'error', 'unreachable'],
    ['rejected', 'error', 'rejected'],
    ['expired', 'error', 'expired'],
  ])('that says %s moves the message to %s', async (said, status, errorCode) => {
    const id = await accepted();
    expect((await receipt(id, { status: said })).body).toEqual({ result: 'applied' });
    expect((await query(ingress, id)).body).toEqual({ sms_uid: id, status, error_code: errorCode });
  });

  it('that comes late or again changes nothing, and is acknowledged', async () => {
    const id = await accepted();
    await receipt(id);
    const late = await receipt(id, { status: 'undelivered' });
    expect(late.status).toBe(200);
    expect(late.body).toEqual({ result: 'already_final' });
    expect((await query(ingress, id)).body).toMatchObject({ status: 'delivered' });
  });

  it('erases what was sealed', async () => {
    const id = await accepted();
    await receipt(id);
    expect(await ingress.db.query('SELECT payload FROM messages WHERE id = $1', [id])).toEqual([{ payload: null }]);
  });

  it('needs the token of this very message', async () => {
    const [id, other] = [await accepted(), await accepted()];
    for (const path of [`${id}/${token(other)}`, `${id}/x`, `nothing/${token(id)}`]) {
      const answer = await receipt(id, {}, path);
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ reason: 'invalid_receipt_token' });
    }
    expect((await receipt(other, {}, `${id}/${token(id)}`)).status).toBe(400);
    expect((await query(ingress, id)).body).toMatchObject({ status: 'queuing' });
  });

  it('for a message that is not there is stored all the same, and acknowledged', async () => {
    const id = '01900000-0000-7000-8000-000000000001';
    const answer = await receipt(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ result: 'parked' });
    expect(await ingress.db.query('SELECT status FROM parked_receipts WHERE message_id = $1', [id])).toEqual([
      { status: 'delivered' },
    ]);
  });

  it.each([
    ['an unknown status', { status: 'lost' }],
    ['no status', { status: undefined }],
    ['an id that is an object', { id: {} }],
    ['a code that is an object', { code: {} }],
  ])('with %s is refused', async (_, fields) => {
    expect((await receipt(await accepted(), fields)).status).toBe(400);
  });

  it('is stored whatever the carrier calls it: numbers, control characters, overlong', async () => {
    for (const [id, code] of [
      [7, 27],
      ['a\u0000b', '\u0000'],
      ['x'.repeat(129), 'y'.repeat(500)],
    ]) {
      expect((await receipt(await accepted(), { id, code })).body).toEqual({ result: 'applied' });
    }
  });

  it('may lack a code and have fields of a later carrier', async () => {
    expect((await receipt(await accepted(), { code: null, operator: '46001' })).status).toBe(200);
  });
});
