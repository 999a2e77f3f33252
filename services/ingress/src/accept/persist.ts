import type { Failpoint } from '@ardor/runtime/process/failpoint';
import type { InsertMessages } from '@ardor/store/messages/insert-messages';
import type { NewMessage } from '@ardor/store/messages/new-message';
import { writeFailure, type WriteFailure } from '@ardor/store/sql/write-failure';

/** `epoch_ended`: the limiter lost its slots between the grant and the commit; nothing was stored. */
export type Persisted = 'stored' | 'epoch_ended' | WriteFailure;

/**
 * Stores messages; one result for each, in order. A row that the database refuses must not fail its neighbours: such
 * a batch is halved until the row stands alone. `onFailure` hears of each statement that failed.
 */
export function createPersist(
  insert: InsertMessages,
  failpoint: Failpoint,
  onFailure: (error: unknown) => void,
): (messages: readonly NewMessage[], epoch: string) => Promise<Persisted[]> {
  const persist = async (messages: readonly NewMessage[], epoch: string): Promise<Persisted[]> => {
    if (messages.length === 0) return [];
    try {
      failpoint('accept.before_commit');
      const stored = await insert(messages, epoch);
      failpoint('accept.after_commit');
      return messages.map(() => (stored ? 'stored' : 'epoch_ended'));
    } catch (error) {
      onFailure(error);
      const failure = writeFailure(error);
      if (failure !== 'refused' || messages.length === 1) return messages.map(() => failure);
      const half = Math.ceil(messages.length / 2);
      return [...(await persist(messages.slice(0, half), epoch)), ...(await persist(messages.slice(half), epoch))];
    }
  };
  return persist;
}
