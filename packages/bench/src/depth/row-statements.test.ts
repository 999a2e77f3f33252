import { isUuid, uuid7Time } from '@ardor/domain/message/uuid7';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historySpans } from './plan-rows.js';
import { historyRows, partitionsOf } from './row-statements.js';

const SAMPLE = '00000000-0000-7000-8000-000000000001';
const now = Date.now();

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  await db.query(`SELECT ardor_create_partition(ardor_uuid_day('${SAMPLE}'))`);
  await db.query(`INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at,
      phone_mac, payload)
    VALUES ('${SAMPLE}', 'shop', 't1', 'otp', 'sent', 'wait', '${SAMPLE}', now() + interval '1 hour', now(), 'mac', 'sealed')`);
  for (const span of historySpans(700, now)) {
    await db.query(partitionsOf(span));
    await db.query(historyRows(span, SAMPLE));
  }
});
afterAll(() => db.drop());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly partition: string;
  readonly accepted_at: Date;
  readonly payload: Buffer | null;
}
const rows = (): Promise<Row[]> =>
  db.query<Row>(`SELECT *, tableoid::regclass::text AS partition FROM messages WHERE id <> '${SAMPLE}'`);

describe('rows of history', () => {
  it('are final or sent, without a payload, in the partitions of seven days', async () => {
    const history = await rows();
    const counts = (pick: (row: Row) => string) =>
      history.reduce<Record<string, number>>((all, row) => ({ ...all, [pick(row)]: (all[pick(row)] ?? 0) + 1 }), {});
    expect(counts(({ status }) => status)).toEqual({ delivered: 616, sent: 70, error: 14 });
    expect(Object.values(counts(({ partition }) => partition))).toEqual(Array.from({ length: 7 }, () => 100));
    expect(history.filter(({ payload }) => payload)).toEqual([]);
  });

  it('have ids that are UUIDv7 of when they were accepted', async () => {
    for (const { id, accepted_at } of await rows()) {
      expect([isUuid(id), id.charAt(14), uuid7Time(id)]).toEqual([true, '7', accepted_at.getTime()]);
    }
  });
});
