import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestMessage, insertTestMessages, nextId } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import type { ApplyReceipts, Receipt } from './apply-receipts.js';
import { createParkedReceipts, type ParkedReceipts } from './parked-receipts.js';
import { createStoreReceipts } from './store-receipts.js';

let db: TestDatabase<Database>;
let parkedReceipts: ParkedReceipts;
let storeReceipts: ApplyReceipts;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  parkedReceipts = createParkedReceipts(db.database);
  storeReceipts = createStoreReceipts(db.database);
});
beforeEach(() => db.query('TRUNCATE messages, parked_receipts'));
afterAll(() => db.drop());

const receipt = (id: string, status: Receipt['status'] = 'delivered'): Receipt => ({
  id,
  status,
  carrierId: 'c-1',
  carrierCode: '000',
});
const accept = (id: string): Promise<unknown> => insertTestMessages(db, [createTestMessage({ id })]);
const status = async (id: string): Promise<string | undefined> =>
  (await db.query<{ status: string }>('SELECT status FROM messages WHERE id = $1', [id]))[0]?.status;
const parked = async (): Promise<number> => (await db.query('SELECT 1 FROM parked_receipts')).length;

describe('a receipt for a message that is not known yet', () => {
  it('is parked, and applied once the message is known', async () => {
    const [early, never] = [nextId(), nextId()];
    expect(await storeReceipts([receipt(early), receipt(never)])).toEqual(['no_such_message', 'no_such_message']);
    expect(await parkedReceipts.applyParked(10)).toEqual({ applied: 0, next: undefined });
    await accept(early);
    expect(await parkedReceipts.applyParked(10)).toEqual({ applied: 1, next: undefined });
    expect(await status(early)).toBe('delivered');
    expect(await parked()).toBe(1);
  });

  it('counts before a later one with another status', async () => {
    const id = nextId();
    await storeReceipts([receipt(id, 'undelivered')]);
    await storeReceipts([receipt(id, 'delivered')]);
    await accept(id);
    await parkedReceipts.applyParked(10);
    expect(await status(id)).toBe('error');
  });

  it('changes nothing when the message is final by then', async () => {
    const id = nextId();
    await storeReceipts([receipt(id, 'undelivered')]);
    await accept(id);
    await storeReceipts([receipt(id, 'delivered')]);
    expect(await parkedReceipts.applyParked(10)).toEqual({ applied: 1, next: undefined });
    expect(await status(id)).toBe('delivered');
  });

  it('is found behind many whose message never comes, a page at a time', async () => {
    const ids = Array.from({ length: 5 }, () => nextId()).sort();
    await storeReceipts(ids.map((id) => receipt(id)));
    await accept(ids[4] ?? '');
    const pages = [];
    for (let after: string | undefined, page = 0; page < 3; page++) {
      const { applied, next } = await parkedReceipts.applyParked(2, after);
      pages.push({ applied, next });
      after = next;
    }
    expect(pages).toEqual([
      { applied: 0, next: ids[1] },
      { applied: 0, next: ids[3] },
      { applied: 1, next: undefined },
    ]);
  });

  it('is deleted after the given hours', async () => {
    await storeReceipts([receipt(nextId()), receipt(nextId())]);
    await db.query(`UPDATE parked_receipts SET received_at = now() - interval '23 hours 59 minutes'`);
    expect(await parkedReceipts.deleteOlderThan(24, 10)).toBe(0);
    await db.query(
      `UPDATE parked_receipts SET received_at = now() - interval '24 hours 1 minute' WHERE message_id = (SELECT min(message_id::text)::uuid FROM parked_receipts)`,
    );
    expect(await parkedReceipts.deleteOlderThan(24, 10)).toBe(1);
    expect(await parked()).toBe(1);
  });

  it('is deleted in batches, oldest first', async () => {
    const ids = [nextId(), nextId(), nextId()];
    await storeReceipts(ids.map((id) => receipt(id)));
    for (const [hours, id] of ids.entries())
      await db.query(`UPDATE parked_receipts SET received_at = now() - $1 * interval '1 hour' WHERE message_id = $2`, [
        30 + hours,
        id,
      ]);
    expect(await parkedReceipts.deleteOlderThan(24, 2)).toBe(2);
    expect(await db.query('SELECT message_id AS id FROM parked_receipts')).toEqual([{ id: ids[0] }]);
    expect(await parkedReceipts.deleteOlderThan(24, 2)).toBe(1);
  });
});

it('is not parked when its message is known', async () => {
  const id = nextId();
  await accept(id);
  expect(await storeReceipts([receipt(id)])).toEqual(['applied']);
  expect(await parked()).toBe(0);
});
