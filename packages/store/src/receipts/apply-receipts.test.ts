import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestMessage, insertTestMessages, nextId } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createApplyReceipts, type ApplyReceipts, type Receipt } from './apply-receipts.js';

let db: TestDatabase<Database>;
let apply: ApplyReceipts;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  apply = createApplyReceipts(db.database);
});
afterAll(() => db.drop());

/** Stores a message, sets columns by `assignment` (SQL), and returns its id. */
async function stored(assignment = `status = 'sent', sent_at = now(), payload = NULL`): Promise<string> {
  const [id = ''] = await insertTestMessages(db, [createTestMessage()]);
  await db.query(`UPDATE messages SET ${assignment} WHERE id = $1`, [id]);
  return id;
}
const receipt = (id: string, status: Receipt['status'] = 'delivered'): Receipt => ({
  id,
  status,
  carrierId: 'c-1',
  carrierCode: '000',
});
const row = async (id: string) =>
  (await db.query<Record<string, unknown>>('SELECT * FROM messages WHERE id = $1', [id]))[0];

describe('a receipt', () => {
  it.each([
    ['delivered', 'delivered', null],
    ['undelivered', 'error', 'unreachable'],
    ['rejected', 'error', 'rejected'],
    ['expired', 'error', 'expired'],
  ] as const)('%s ends a sent message as %s %s', async (told, status, reason) => {
    const id = await stored();
    expect(await apply([receipt(id, told)])).toEqual(['applied']);
    expect(await row(id)).toMatchObject({
      status,
      reason,
      carrier_id: 'c-1',
      carrier_code: '000',
      final_at: expect.any(Date),
    });
  });

  it.each([
    [`status = 'queuing'`],
    [`status = 'sending', fence = gen_random_uuid()`],
    [`status = 'uncertain', uncertain_since = now()`],
  ])('that comes early (%s) ends the message and erases its payload', async (assignment) => {
    const id = await stored(assignment);
    expect(await apply([receipt(id)])).toEqual(['applied']);
    expect(await row(id)).toMatchObject({ status: 'delivered', payload: null, fence: null, sent_at: expect.any(Date) });
  });

  it.each([
    [`status = 'delivered', final_at = now()`, 'undelivered'],
    [`status = 'error', reason = 'expired', final_at = now()`, 'delivered'],
  ] as const)('changes nothing of a message that has ended (%s)', async (assignment, status) => {
    const id = await stored(assignment);
    const before = await row(id);
    expect(await apply([receipt(id, status)])).toEqual(['already_final']);
    expect(await row(id)).toEqual(before);
  });

  it('keeps sent_at and the carrier’s first id', async () => {
    const id = await stored(`status = 'sent', sent_at = '2026-01-01', carrier_id = 'first', payload = NULL`);
    await apply([receipt(id)]);
    expect(await row(id)).toMatchObject({
      carrier_id: 'first',
      sent_at: new Date((await db.query<{ at: Date }>(`SELECT '2026-01-01'::timestamptz AS at`))[0]?.at ?? 0),
    });
  });

  it('that comes twice, in one batch or in two, is applied once', async () => {
    const id = await stored();
    expect(await apply([receipt(id), receipt(id)])).toEqual(['applied', 'applied']);
    const before = await row(id);
    expect(await apply([receipt(id)])).toEqual(['already_final']);
    expect(await row(id)).toEqual(before);
  });

  it('counts before a later one of the same batch, as if it had come in an earlier batch', async () => {
    const id = await stored();
    await apply([receipt(id, 'delivered'), receipt(id, 'expired')]);
    expect(await row(id)).toMatchObject({ status: 'delivered', reason: null });
  });

  it('of an unknown message returns unknown, and its neighbours are applied', async () => {
    const [open, ended] = [await stored(), await stored(`status = 'delivered'`)];
    expect(await apply([receipt(nextId()), receipt(ended), receipt(open)])).toEqual([
      'no_such_message',
      'already_final',
      'applied',
    ]);
  });

  it('is applied once when two copies get it at once', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => stored()));
    const results = await Promise.all([
      apply(ids.map((id) => receipt(id))),
      apply(ids.map((id) => receipt(id, 'undelivered'))),
    ]);
    for (const index of ids.keys()) {
      expect(results.map((one) => one[index]).sort()).toEqual(['already_final', 'applied']);
    }
  });
});
