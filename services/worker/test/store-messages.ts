import { createSealer } from '@ardor/crypto/sealer';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { createInsertMessages } from '@ardor/store/messages/insert-messages';
import type { NewMessage } from '@ardor/store/messages/new-message';
import type { Database } from '@ardor/store/sql/database';
import { rethrow, testKeyring } from '@ardor/testkit/fixtures';

const keyring = testKeyring();
const nextId = createUuid7();

/** Opens and seals what `storeMessages` stores. */
export const sealer = createSealer(keyring);

/** The limiter's epoch of a database in which none was begun. */
const PERMIT = { epoch: 'none', endsAt: Date.now() + 3_600_000 };

/** Stores a message to each of these numbers, as an ingress would, each in a chunk of its own. Returns their ids. */
export async function storeMessages(
  database: Database,
  numbers: readonly string[],
  fields: Partial<NewMessage> = {},
): Promise<string[]> {
  const messages = numbers.map((to): NewMessage => {
    const id = nextId();
    return {
      id,
      chunkId: id,
      clientId: 'shop',
      templateId: 't1',
      lane: 'otp',
      onUnknown: 'wait',
      expiresAt: Date.now() + 300_000,
      to,
      text: 'code 4711',
      phoneMac: keyring.phoneMac(to),
      ...fields,
    };
  });
  await createInsertMessages(database, sealer, { requeueAfterMs: 5_000, onFailure: rethrow })(messages, PERMIT);
  return messages.map(({ id }) => id);
}
