import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { rethrow, testKeyring } from '@ardor/testkit/fixtures';
import { createInsertMessages } from '../src/messages/insert-messages.js';
import type { Permit } from '../src/messages/insert-messages.js';
import type { NewMessage } from '../src/messages/new-message.js';
import type { Database } from '../src/sql/database.js';

/** The epoch of a new database. */
const EPOCH = 'none';
export const PERMIT: Permit = { epoch: EPOCH, endsAt: Date.now() + 3_600_000 };
export const TO = '+8613800138000';
export const keyring = testKeyring();
export const sealer = createSealer(keyring);
export const nextId = createUuid7();

export function createTestMessage(fields: Partial<NewMessage> = {}): NewMessage {
  const id = fields.id ?? nextId();
  return {
    id,
    chunkId: id,
    clientId: 'shop',
    templateId: 't1',
    lane: 'otp',
    onUnknown: 'wait',
    expiresAt: Date.now() + 60_000,
    to: TO,
    text: 'code 4711',
    phoneMac: keyring.phoneMac(TO),
    ...fields,
  };
}

/** Stores messages; throws when the database rejects one. Returns their ids. */
export async function insertTestMessages(
  { database }: { database: Database },
  messages: NewMessage[],
): Promise<string[]> {
  await createInsertMessages(database, sealer, { requeueAfterMs: 5_000, onFailure: rethrow })(messages, PERMIT);
  return messages.map(({ id }) => id);
}
