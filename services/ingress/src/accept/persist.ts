import type { InsertMessages, NewMessage } from '@ardor/store/insert-messages';
import { writeFailure, type WriteFailure } from '@ardor/store/write-failure';

export type Persisted = 'stored' | WriteFailure;

/**
 * Stores messages; one result for each, in order. A row that the database refuses must not fail its neighbours: such
 * a batch is halved until the row stands alone. `onFailure` hears of each statement that failed.
 */
export function createPersist(
  insert: InsertMessages,
  onFailure: (error: unknown) => void,
): (messages: readonly NewMessage[]) => Promise<Persisted[]> {
  const persist = async (messages: readonly NewMessage[]): Promise<Persisted[]> => {
    if (messages.length === 0) return [];
    try {
      await insert(messages);
      return messages.map(() => 'stored');
    } catch (error) {
      onFailure(error);
      const failure = writeFailure(error);
      if (failure !== 'refused' || messages.length === 1) return messages.map(() => failure);
      const half = Math.ceil(messages.length / 2);
      return [...(await persist(messages.slice(0, half))), ...(await persist(messages.slice(half)))];
    }
  };
  return persist;
}
