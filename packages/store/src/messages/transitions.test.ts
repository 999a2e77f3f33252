import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSealer } from '@ardor/crypto/sealer';
import { FIRST_STATUS, TRANSITIONS } from '@ardor/domain/message/transitions';
import { MESSAGE_STATUSES, type MessageStatus } from '@ardor/domain/message/status';
import { RECEIPT_STATUSES } from '@ardor/domain/message/outcome';
import { testKeyring, WORKER_ID } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { createTestRows, PAST } from '../../test/create-test-rows.js';
import { createApplyReceipts } from '../receipts/apply-receipts.js';
import { createEraseMessages } from '../erasure/erase-messages.js';
import { createExpireMessages } from '../recovery/expire-messages.js';
import { createReleaseClaimsOfDeadWorkers, createReleaseExpiredClaims } from '../recovery/release-claims.js';
import { createClaimMessages } from './claim-messages.js';
import { createSettleMessages } from './settle-messages.js';
import type { Settlement } from './settlement.js';

const { db, put, row } = createTestRows();

/** Every row has this fence and an unknown worker, so that only its status decides whether a statement may move it. */
const FENCE = '00000000-0000-4000-8000-000000000001';

const settlements = (id: string): Settlement[] => [
  { id, status: 'sent', gateway: 'g', carrierId: 'c' },
  { id, status: 'error', gateway: 'g', reason: 'rejected' },
  { id, status: 'queuing', gateway: 'g', reason: 'throttled', delayMs: 0, chunkId: id },
  { id, status: 'uncertain', gateway: 'g', delayMs: 0 },
];

type Run = (id: string) => Promise<unknown>;
const release = { limit: 10, lookupAfterMs: 0 };
const both = (make: typeof createReleaseExpiredClaims): Run[] =>
  [true, false].map((deduplicates) => () => make(db().database)({ ...release, deduplicates }));

/** Each statement with every argument that decides where a message goes. */
const RUNS: Readonly<Record<string, readonly Run[]>> = {
  'messages/claim-messages': [
    (id) =>
      createClaimMessages(db().database, createSealer(testKeyring()), { leaseMs: 1_000, workerId: WORKER_ID })(
        [id],
        FENCE,
      ),
  ],
  'messages/settle-messages': settlements('').map(
    (_, index) => (id) => createSettleMessages(db().database)(settlements(id).slice(index, index + 1), FENCE),
  ),
  'receipts/apply-receipts': RECEIPT_STATUSES.map(
    (status) => (id) => createApplyReceipts(db().database)([{ id, status, carrierId: 'c', carrierCode: null }]),
  ),
  'recovery/release-claims': [...both(createReleaseExpiredClaims), ...both(createReleaseClaimsOfDeadWorkers)],
  'recovery/expire-messages': [() => createExpireMessages(db().database)(10)],
  'erasure/erase-messages': [(id) => createEraseMessages(db().database, 60)([id])],
};

/** The moves that `runs` make of a message of each status, as `from to`. */
async function movesOf(statement: string, runs: readonly Run[]): Promise<string[]> {
  const expires = statement === 'recovery/expire-messages' ? { expires_at: PAST } : {};
  const moves = new Set<string>();
  for (const from of MESSAGE_STATUSES) {
    for (const run of runs) {
      await db().query('TRUNCATE messages');
      const id = await put({ status: `'${from}'`, fence: `'${FENCE}'`, worker: `'${WORKER_ID}'`, ...expires });
      await run(id);
      const { status } = (await row(id)) ?? { status: 'gone' };
      if (status !== from) moves.add(`${from} ${status}`);
    }
  }
  return [...moves].sort();
}

const product = (from: readonly MessageStatus[], to: readonly MessageStatus[]): string[] =>
  from.flatMap((one) => to.filter((other) => other !== one).map((other) => `${one} ${other}`)).sort();

describe('the statements that change a status', () => {
  it.each(TRANSITIONS)('$statement makes the moves of the table and no other', async ({ statement, from, to }) => {
    expect(await movesOf(statement, RUNS[statement] ?? [])).toEqual(product(from, to));
  });

  it('are those of the table, and no other statement writes messages', () => {
    const source = join(import.meta.dirname, '..');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.ts$/.test(file) && !/\.test\.ts$|^generated/.test(file),
    );
    const writing = files.filter((file) =>
      /(UPDATE|INSERT INTO|MERGE INTO) "?messages\b/i.test(readFileSync(join(source, file), 'utf8')),
    );
    expect(writing.sort()).toEqual(
      [
        ...TRANSITIONS.map(({ statement }) => `${statement}.ts`),
        'messages/insert-messages.ts',
        // A row of the API text's example, born delivered.
        'messages/demo-message.ts',
        // Writes the fence of a message that stays uncertain.
        'recovery/take-uncertain.ts',
      ].sort(),
    );
    expect(FIRST_STATUS).toBe('queuing');
  });
});
