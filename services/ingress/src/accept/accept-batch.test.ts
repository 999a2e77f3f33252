import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import type { Limiter, Slot } from '@ardor/rate-limits/limiter';
import type { SlotDecision } from '@ardor/rate-limits/read-decisions';
import type { Chunk } from '@ardor/queue/chunk';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createInsertMessages, type Permit, type InsertMessages } from '@ardor/store/messages/insert-messages';
import { createLimiterEpochs } from '@ardor/store/recovery/limiter-epoch';
import { addSuppressions } from '@ardor/store/suppressions/manage-suppressions';
import { createTestDatabase, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAcceptBatch } from './accept-batch.js';
import type { PreparedMessage } from './prepare-message.js';

const keyring = testKeyring();
const newId = createUuid7();
let numbers = 0;
const EPOCH = 'e1';
let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  await beginEpoch(EPOCH);
});
afterAll(() => db.drop());

async function beginEpoch(epoch: string): Promise<void> {
  const epochs = createLimiterEpochs(db.database);
  const owner = { redisRunId: 'run', redisHost: 'redis:6379', mark: 'warm', begunBy: 'test' };
  expect(await epochs.begin(epoch, owner, (await epochs.current()).epoch)).toBe(true);
}

const draft = (fields: Partial<PreparedMessage> = {}): PreparedMessage => {
  const phoneMac = keyring.phoneMac(`+86138${String(10_000_000 + numbers++)}`);
  return {
    ...{
      id: newId(),
      clientId: 'c',
      templateId: 't',
      lane: 'otp',
      onUnknown: 'wait',
      expiresAt: Date.now() + 60_000,
      to: '+8613800138000',
      country: 'CN',
    },
    ...{ text: 'Hello', phoneMac, slotKey: phoneMac, quota: QUOTA },
    ...fields,
  };
};

const QUOTA: ClientQuota = {
  clientId: 'c',
  sendsPerSecond: 20,
  sendsPerDay: 300,
  queriesPerSecond: undefined,
  countryCapFloor: 4,
};

/** The accept stage over a real database; what it would tell the limiter and the queue is recorded. */
function accepting(
  insert: InsertMessages,
  decisions?: SlotDecision[],
  earliest = () => Date.now(),
  takeSlots?: Limiter['takeSlots'],
) {
  const released: (Slot & { owner: string })[] = [];
  const queued: Chunk[] = [];
  const ended: (string | undefined)[] = [];
  const told: string[] = [];
  const late = { count: 0 };
  const accept = createAcceptBatch({
    limiter: {
      takeSlots:
        takeSlots ??
        ((slots) =>
          Promise.resolve({
            kind: 'decided',
            epoch: EPOCH,
            nearCap: [],
            decisions: decisions ?? slots.map(() => ({ kind: 'granted' })),
          })),
    },
    insertMessages: insert,
    slotReleaser: {
      release: (slots, owner) => void released.push(...slots.map(({ slotKey }) => ({ slotKey, owner }))),
    },
    countryCap: () => 900,
    spentQuotas: { remember: (refusal) => void told.push(refusal.kind) },
    alerts: {
      refusedSend: (limit) => void told.push(limit),
      nearCountryCap: ({ country }) => void told.push(`near ${country}`),
    },
    onStored: (messages) => void told.push(`stored ${messages.length}`),
    enqueuer: { enqueue: (chunks) => void queued.push(...chunks) },
    databaseClock: { earliest },
    onLimiterFailure: () => undefined,
    onSlotsLost: (epoch) => void ended.push(epoch),
    onTooLate: () => void (late.count += 1),
  });
  return { accept, released, queued, ended, late, told };
}

const insertInto = (database: Database) =>
  createInsertMessages(database, createSealer(keyring), { requeueAfterMs: 10_000, onFailure: () => undefined });
const stored = async (drafts: readonly PreparedMessage[]): Promise<boolean[]> => {
  const rows = await db.query<{ id: string }>('SELECT id FROM messages WHERE id = ANY($1)', [
    drafts.map(({ id }) => id),
  ]);
  return drafts.map(({ id }) => rows.some((row) => row.id === id));
};

describe('a batch', () => {
  it('loses nothing but the row that the database refuses, and gives that one’s slot back', async () => {
    const { accept, released, queued } = accepting(insertInto(db.database));
    const first = draft();
    await accept([first]);
    const batch = [draft(), draft(), draft({ id: first.id }), draft(), draft()];
    const results = await accept(batch);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false, true, true]);
    expect(results[2]).toMatchObject({ refusal: { reason: 'internal_error', status: 500 } });
    expect(await stored(batch)).toEqual([true, true, true, true, true]);
    expect(released).toEqual([{ slotKey: batch[2]?.slotKey, owner: batch[0]?.id }]);
    expect(queued.flatMap(({ ids }) => ids)).toEqual([
      first.id,
      ...batch.filter((_, index) => index !== 2).map(({ id }) => id),
    ]);
  });

  it('refuses a suppressed number with 403, and gives its slot back', async () => {
    const { accept, released, queued } = accepting(insertInto(db.database));
    const batch = [draft(), draft(), draft()];
    await addSuppressions(db.database, {
      phoneMacs: batch.slice(1, 2).map(({ phoneMac }) => phoneMac),
      scope: undefined,
    });
    const results = await accept(batch);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({ refusal: { reason: 'number_suppressed', status: 403 } });
    expect(await stored(batch)).toEqual([true, false, true]);
    expect(released).toEqual([{ slotKey: batch[1]?.slotKey, owner: batch[0]?.id }]);
    expect(queued.flatMap(({ ids }) => ids)).toEqual([batch[0]?.id, batch[2]?.id]);
  });

  it('is refused by 503 while the database is out of reach, and gives the slots back: nothing was stored', async () => {
    const nowhere = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', pool: 1, timeoutMs: 500 });
    const { accept, released, queued } = accepting(insertInto(nowhere));
    const batch = [draft(), draft()];
    const results = await accept(batch);
    expect(results).toEqual(
      batch.map(() =>
        expect.objectContaining({ refusal: expect.objectContaining({ reason: 'database_unavailable', status: 503 }) }),
      ),
    );
    expect(released).toHaveLength(2);
    expect(queued).toEqual([]);
    await nowhere.close();
  });

  it('keeps the slots when it cannot know whether the rows were stored', async () => {
    const insert = insertInto(db.database);
    const { accept, released } = accepting(async (messages, permit) => {
      await insert(messages, permit);
      return messages.map(() => 'maybe_stored');
    });
    const batch = [draft()];
    expect(await accept(batch)).toEqual([expect.objectContaining({ ok: false })]);
    expect(await stored(batch)).toEqual([true]);
    expect(released).toEqual([]);
  });

  it('stores only what the limiter granted, and says which rule refused the rest', async () => {
    const { accept } = accepting(insertInto(db.database), [
      { kind: 'number_slot_taken', retryAfterMs: 59_001 },
      { kind: 'granted' },
      { kind: 'send_window_full', retryAfterMs: 1_010 },
    ]);
    const batch = [draft(), draft(), draft()];
    const results = await accept(batch);
    expect(results[0]).toMatchObject({
      refusal: { reason: 'number_rate_limited', status: 429, retryAfterSeconds: 60 },
    });
    expect(results[1]).toEqual({ ok: true, value: batch[1]?.id });
    expect(results[2]).toMatchObject({ refusal: { reason: 'send_rate_limited', retryAfterSeconds: 1 } });
    expect(await stored(batch)).toEqual([false, true, false]);
  });

  it('tells which limits refused, which cap is near, and how many were stored', async () => {
    const { quota, country } = draft();
    const { accept, told } = accepting(insertInto(db.database), undefined, undefined, () =>
      Promise.resolve({
        kind: 'decided',
        epoch: EPOCH,
        decisions: [{ kind: 'granted' }, { kind: 'client_second_full', retryAfterMs: 500 }, { kind: 'granted' }],
        nearCap: [{ quota, country, cap: 5 }],
      }),
    );
    await accept([draft(), draft(), draft()]);
    expect(told).toEqual(['near CN', 'stored 2', 'client_second_full', 'client_second_full']);
  });

  it('is refused while the limiter is restored, and asks for the restoring', async () => {
    const restoring = () => Promise.resolve({ kind: 'restoring' } as const);
    const { accept, released, ended } = accepting(insertInto(db.database), undefined, undefined, restoring);
    const [result] = await accept([draft()]);
    expect(result).toMatchObject({
      refusal: { reason: 'limiter_unavailable', message: expect.stringContaining('being restored') },
    });
    expect(ended).toEqual([undefined]);
    expect(released).toEqual([]);
  });

  it('is refused while the limiter does not answer, and gives back what it may have taken', async () => {
    const failing = () => Promise.reject(new Error('Command timed out'));
    const { accept, released, ended } = accepting(insertInto(db.database), undefined, undefined, failing);
    const [result] = await accept([draft()]);
    expect(result).toMatchObject({
      refusal: { reason: 'limiter_unavailable', message: expect.stringContaining('cannot answer') },
    });
    expect(ended).toEqual([]);
    expect(released).toHaveLength(1);
  });

  it('is not stored once the epoch of its grant has ended, and gives the slots back', async () => {
    const { accept, released, queued, ended } = accepting(insertInto(db.database));
    const batch = [draft(), draft()];
    await beginEpoch('e2');
    try {
      const results = await accept(batch);
      expect(results[0]).toMatchObject({ ok: false, refusal: { reason: 'limiter_unavailable', status: 503 } });
      expect(await stored(batch)).toEqual([false, false]);
      expect(released).toHaveLength(2);
      expect(queued).toEqual([]);
      expect(ended).toEqual([EPOCH]);
    } finally {
      await beginEpoch(EPOCH);
    }
  });

  it('gives the INSERT 900 ms from a moment before the limiter call', async () => {
    const permits: Permit[] = [];
    const insert: InsertMessages = (messages, permit) => {
      permits.push(permit);
      return Promise.resolve(messages.map(() => 'stored'));
    };
    const slow: Limiter['takeSlots'] = (slots) => {
      time = 5_000;
      return Promise.resolve({
        kind: 'decided',
        epoch: EPOCH,
        nearCap: [],
        decisions: slots.map(() => ({ kind: 'granted' })),
      });
    };
    let time = 1_000;
    await accepting(insert, undefined, () => time, slow).accept([draft()]);
    expect(permits).toEqual([{ epoch: EPOCH, endsAt: 1_900 }]);
  });

  it.each([
    [500, undefined],
    [1_000, 'database_unavailable'],
  ])('whose permit is %d ms old at the database gets %s: its slot may be another’s soon', async (age, reason) => {
    const { accept, released, queued, late } = accepting(insertInto(db.database), undefined, () => Date.now() - age);
    const batch = [draft()];
    const [result] = await accept(batch);
    expect(result?.ok === false ? result.refusal.reason : undefined).toBe(reason);
    expect(await stored(batch)).toEqual([reason === undefined]);
    expect({ released: released.length, queued: queued.length, late: late.count }).toEqual(
      reason === undefined ? { released: 0, queued: 1, late: 0 } : { released: 1, queued: 0, late: 1 },
    );
  });

  it('is cut into one chunk a lane, each named by its first message', async () => {
    const { accept, queued } = accepting(insertInto(db.database));
    const batch = [draft(), draft({ lane: 'bulk' }), draft()];
    await accept(batch);
    expect(queued).toEqual([
      { chunkId: batch[0]?.id, lane: 'otp', ids: [batch[0]?.id, batch[2]?.id] },
      { chunkId: batch[1]?.id, lane: 'bulk', ids: [batch[1]?.id] },
    ]);
    const rows = await db.query<{ chunk_id: string }>('SELECT chunk_id FROM messages WHERE id = $1', [batch[2]?.id]);
    expect(rows).toEqual([{ chunk_id: batch[0]?.id }]);
  });
});
