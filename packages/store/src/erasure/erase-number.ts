import { setTimeout as delay } from 'node:timers/promises';
import { uuid7Time } from '@ardor/domain/message/uuid7';
import type { Database } from '../sql/database.js';
import { createEraseMessages } from './erase-messages.js';
import { createFindNumber } from './find-number.js';

export interface EraseNumberOptions {
  readonly phoneMac: Uint8Array;
  /** How long a number's slot lasts (NUMBER_LIMIT_SECONDS). */
  readonly slotSeconds: number;
  /** For how long messages that are being sent, or are younger than their slot, are waited for, in milliseconds. */
  readonly waitMs: number;
  /** Rows of one statement. */
  readonly pageRows?: number;
  /** Called after each page. `upTo`: the request time of its last message, Unix milliseconds. */
  readonly onPage?: (progress: { readonly read: number; readonly upTo: number | undefined }) => void;
  /** Called when messages have to be waited for. */
  readonly onWait?: (messages: number) => void;
}

export interface ErasedNumber {
  readonly erased: number;
  /** Messages of which something had to stay when the wait was over. */
  readonly left: number;
}

const PAGE_ROWS = 20_000;
const AGAIN_AFTER_MS = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Removes what is held of a number in `messages` and `parked_receipts`. Repeating it is no error. Messages that are stored
 * while it runs may stay; another run takes them. Throws StoreError.
 */
export async function eraseNumber(
  database: Database,
  { phoneMac, slotSeconds, waitMs, pageRows = PAGE_ROWS, onPage, onWait }: EraseNumberOptions,
): Promise<ErasedNumber> {
  const findNumber = createFindNumber(database);
  const eraseMessages = createEraseMessages(database, slotSeconds);
  const pending = new Set<string>();
  let [read, erased] = [0, 0];
  const erase = async (ids: readonly string[]): Promise<void> => {
    for (const id of await eraseMessages(ids)) {
      pending.delete(id);
      erased++;
    }
  };
  for (let after: string | undefined = FIRST; after !== undefined;) {
    const page = await findNumber(phoneMac, after, pageRows);
    for (const id of page.ids) pending.add(id);
    await erase(page.ids);
    read += page.read;
    after = page.next;
    onPage?.({ read, upTo: after === undefined ? undefined : uuid7Time(after) });
  }
  if (pending.size > 0 && waitMs > 0) onWait?.(pending.size);
  for (const end = performance.now() + waitMs; pending.size > 0 && performance.now() < end;) {
    await delay(AGAIN_AFTER_MS);
    await erase([...pending]);
  }
  return { erased, left: pending.size };
}
