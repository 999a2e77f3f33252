import { createUuid7 } from '@ardor/domain/message/uuid7';
import { describe, expect, it } from '@jest/globals';
import { createTestRows } from '../../test/create-test-rows.js';
import { createApplyReceipts } from '../receipts/apply-receipts.js';
import { createReadRecentSends } from '../recovery/recent-sends.js';
import { createEraseMessages } from './erase-messages.js';
import { eraseNumber, type EraseNumberOptions } from './erase-number.js';

const { db, put, row } = createTestRows();
const SLOT_SECONDS = 100;
const OLD = { accepted_at: `now() - interval '${SLOT_SECONDS + 1} seconds'` };
const YOUNG = { accepted_at: `now() - interval '${SLOT_SECONDS - 10} seconds'` };
const HELD = { carrier_id: `'c1'`, carrier_code: `'77'`, fence: 'gen_random_uuid()' };
const NOTHING = { carrier_id: null, carrier_code: null, payload: null, fence: null };
const EMPTY = Buffer.alloc(0);
const MAC = Buffer.from('mac');

const erase = (options: Partial<EraseNumberOptions> = {}) =>
  eraseNumber(db().database, { phoneMac: MAC, slotSeconds: SLOT_SECONDS, waitMs: 0, ...options });

describe('erasing a number', () => {
  it.each(['queuing', 'uncertain'])('ends a message that is %s as erased', async (status) => {
    const id = await put({ status: `'${status}'`, ...OLD, ...HELD });
    expect(await erase()).toEqual({ erased: 1, left: 0 });
    expect(await row(id)).toMatchObject({
      ...NOTHING,
      status: 'error',
      reason: 'erased',
      phone_mac: EMPTY,
      final_at: expect.any(Date),
    });
  });

  it.each([
    ['sent', null],
    ['delivered', null],
    ['error', 'rejected'],
  ])('keeps status and reason of a message that is %s', async (status, reason) => {
    const id = await put({ status: `'${status}'`, reason: reason === null ? 'NULL' : `'${reason}'`, ...OLD, ...HELD });
    expect(await erase()).toEqual({ erased: 1, left: 0 });
    expect(await row(id)).toMatchObject({ ...NOTHING, status, reason, phone_mac: EMPTY });
  });

  it('touches no other number, and finds its own over many pages', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 25; count++) ids.push(await put({ ...OLD, phone_mac: count % 3 ? `'x'` : `'mac'` }));
    const reads: number[] = [];
    expect(await erase({ pageRows: 4, onPage: ({ read }) => reads.push(read) })).toEqual({ erased: 9, left: 0 });
    expect(reads).toEqual([4, 8, 12, 16, 20, 24, 25]);
    expect(await row(ids[1] ?? '')).toMatchObject({ status: 'queuing', payload: Buffer.from('sealed') });
    expect(await erase()).toEqual({ erased: 0, left: 0 });
  });

  it('leaves a message that is being sent, and tells it', async () => {
    const id = await put({ status: `'sending'`, ...OLD, ...HELD });
    expect(await erase()).toEqual({ erased: 0, left: 1 });
    expect(await row(id)).toMatchObject({ status: 'sending', payload: Buffer.from('sealed'), phone_mac: MAC });
  });

  it('waits for a message that is being sent', async () => {
    await put({ status: `'sending'`, ...OLD });
    const settle = () => void db().query(`UPDATE messages SET status = 'sent'`);
    expect(await erase({ waitMs: 20_000, onWait: settle })).toEqual({ erased: 1, left: 0 });
  });

  it('stops a young message at once and keeps its MAC, so that its slot can be restored', async () => {
    const [young, old] = [await put({ ...YOUNG, ...HELD }), await put({ ...OLD, ...HELD })];
    expect(await erase()).toEqual({ erased: 1, left: 1 });
    expect(await row(young)).toMatchObject({ ...NOTHING, status: 'error', reason: 'erased', phone_mac: MAC });
    expect(await row(old)).toMatchObject({ phone_mac: EMPTY });
    const blocked: string[] = [];
    for await (const sends of createReadRecentSends(db().database)(SLOT_SECONDS, Date.now()))
      for (const { id, remainingMs } of sends) if (remainingMs > 0) blocked.push(id);
    expect(blocked).toEqual([young]);
  });

  it('takes the parked receipts of the messages, and no others', async () => {
    const [id, other] = [await put(OLD), createUuid7()()];
    await db().query(
      `INSERT INTO parked_receipts (message_id, status, carrier_id) VALUES ($1, 'delivered', 'c'), ($2, 'delivered', 'c')`,
      [id, other],
    );
    await erase();
    expect(await db().query('DELETE FROM parked_receipts RETURNING message_id')).toEqual([{ message_id: other }]);
  });

  it('lets a later receipt bring nothing back', async () => {
    const id = await put({ status: `'sent'`, ...OLD, ...HELD });
    await erase();
    const apply = createApplyReceipts(db().database);
    expect(await apply([{ id, status: 'delivered', carrierId: 'c1', carrierCode: '77' }])).toEqual(['applied']);
    expect(await row(id)).toMatchObject({ ...NOTHING, status: 'delivered', phone_mac: EMPTY });
  });

  it('does nothing for no messages', async () => {
    expect(await createEraseMessages(db().database, SLOT_SECONDS)([])).toEqual(new Set());
  });
});
