import { createKeyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { waitFor } from '@ardor/runtime/wait-for';
import { createTestDatabase, type TestDatabase, WORKER_ID } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestMessage, insertTestMessages, nextId, sealer, TO } from '../../test/create-test-message.js';
import { openDatabase, type Database } from '../sql/database.js';
import { createClaimMessages, type ClaimMessages } from './claim-messages.js';
import type { NewMessage } from './new-message.js';

let db: TestDatabase<Database>;
let claim: ClaimMessages;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  claim = createClaimMessages(db.database, sealer, { leaseMs: 15_000, workerId: WORKER_ID });
});
afterAll(() => db.drop());

/** Stores messages and returns their ids. */
function stored(count: number, fields: Partial<NewMessage> = {}): Promise<string[]> {
  return insertTestMessages(
    db,
    Array.from({ length: count }, () => createTestMessage(fields)),
  );
}

const set = (ids: string[], assignment: string) =>
  db.query(`UPDATE messages SET ${assignment} WHERE id = ANY($1)`, [ids]);
const row = async (id = '') =>
  (await db.query<Record<string, unknown>>('SELECT * FROM messages WHERE id = $1', [id]))[0];

describe('a claim', () => {
  it('returns queuing messages with everything the carrier needs', async () => {
    const [id = ''] = await stored(1, { lane: 'notify', onUnknown: 'resend' });
    const fence = nextId();
    expect(await claim([id], fence)).toEqual([
      {
        id,
        clientId: 'shop',
        lane: 'notify',
        onUnknown: 'resend',
        attempt: 1,
        remainingMs: expect.any(Number),
        payload: { to: TO, text: 'code 4711' },
      },
    ]);
    expect(await row(id)).toMatchObject({ status: 'sending', fence, attempts: 1 });
  });

  it.each([
    ['a deferred message that is due', `attempts = 1, due_at = now() + interval '50 milliseconds'`, 1],
    ['no deferred message that is due later', `attempts = 1, due_at = now() + interval '500 milliseconds'`, 0],
    ['a new message whose job comes long before recovery looks', `due_at = now() + interval '1 hour'`, 1],
  ])('takes %s', async (_, assignment, count) => {
    const ids = await stored(1);
    await set(ids, assignment);
    expect(await claim(ids, nextId())).toHaveLength(count);
  });

  it('lasts for its lease', async () => {
    const [id] = await stored(1);
    await claim([id ?? ''], nextId());
    const [left] = await db.query<{ seconds: number }>(
      'SELECT extract(epoch FROM due_at - now())::float8 AS seconds FROM messages WHERE id = $1',
      [id],
    );
    expect(left?.seconds).toBeGreaterThan(10);
    expect(left?.seconds).toBeLessThanOrEqual(15);
  });

  it.each(['sending', 'uncertain', 'sent', 'delivered', 'error'])('skips a message that is %s', async (status) => {
    const ids = await stored(1);
    await set(ids, `status = '${status}'`);
    const before = await row(ids[0]);
    expect(await claim(ids, nextId())).toEqual([]);
    expect(await row(ids[0])).toEqual(before);
  });

  it('skips a message that has expired', async () => {
    const ids = await stored(2);
    await set(ids.slice(0, 1), 'expires_at = now()');
    expect((await claim(ids, nextId())).map(({ id }) => id)).toEqual(ids.slice(1));
    expect(await row(ids[0])).toMatchObject({ status: 'queuing', attempts: 0, fence: null });
  });

  it('skips ids that do not exist', async () => {
    const ids = await stored(1);
    expect(await claim([...ids, nextId()], nextId())).toHaveLength(1);
    expect(await claim([nextId()], nextId())).toEqual([]);
  });

  it('gets each message once, however many claims run at once', async () => {
    const ids = await stored(100);
    const fences = Array.from({ length: 4 }, nextId);
    const won = (await Promise.all(fences.map((fence) => claim(ids, fence)))).flat().map(({ id }) => id);
    expect(won.sort()).toEqual([...ids].sort());
    const attempts = await db.query('SELECT DISTINCT attempts FROM messages WHERE id = ANY($1)', [ids]);
    expect(attempts).toEqual([{ attempts: 1 }]);
  });

  it('gets nothing after it waited for another claim of the same messages', async () => {
    const [id = ''] = await stored(1);
    const first = new pg.Client({ connectionString: db.url });
    await first.connect();
    try {
      await first.query('BEGIN');
      await first.query(`UPDATE messages SET status = 'sending' WHERE id = $1`, [id]);
      const second = claim([id], nextId());
      await waitFor(async () => {
        const waiting = await db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'ardor'`,
        );
        return waiting.length > 0;
      });
      await first.query('COMMIT');
      expect(await second).toEqual([]);
    } finally {
      await first.end();
    }
  });

  it('counts its attempts', async () => {
    const ids = await stored(1);
    for (const attempt of [1, 2, 3]) {
      expect((await claim(ids, nextId()))[0]?.attempt).toBe(attempt);
      await set(ids, `status = 'queuing', due_at = now()`);
    }
  });

  it('returns a message that cannot be opened without its payload, and its neighbour with it', async () => {
    const [torn = '', whole = '', foreign = ''] = await stored(3);
    await set([torn], `payload = set_byte(payload, 20, get_byte(payload, 20) # 1)`);
    await set([foreign], `payload = (SELECT payload FROM messages WHERE id = '${whole}')`);
    const payloads = new Map((await claim([torn, whole, foreign], nextId())).map(({ id, payload }) => [id, payload]));
    expect(payloads).toEqual(
      new Map([
        [torn, undefined],
        [whole, { to: TO, text: 'code 4711' }],
        [foreign, undefined],
      ]),
    );
  });

  it('opens nothing with another master key', async () => {
    const ids = await stored(1);
    const other = createSealer(createKeyring(Buffer.alloc(32, 8).toString('base64')));
    const [claimed] = await createClaimMessages(db.database, other, { leaseMs: 1_000, workerId: WORKER_ID })(
      ids,
      nextId(),
    );
    expect(claimed).toMatchObject({ id: ids[0], payload: undefined });
  });
});
