import { sealedBound, type Sealer } from '@ardor/crypto/sealer';
import type { NewMessage } from './new-message.js';

/** Messages as columns for one UNNEST. Shared values stand once, in `sharedColumns` and `chunkIds`; rows refer to them by index, from 1. */
export interface PackedMessages {
  readonly ids: readonly string[];
  readonly expiries: readonly number[];
  /** One message for each set of client, template, lane and policy. */
  readonly sharedColumns: readonly NewMessage[];
  readonly sharedIndexes: readonly number[];
  readonly chunkIds: readonly string[];
  readonly chunkIndexes: readonly number[];
  /** For each message the MAC of its number and its sealed payload, all in one buffer. */
  readonly bytes: Buffer;
  /** The position of each message's first byte, from 1, and the number of its bytes. */
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

const MAC_BYTES = 16;

export function packMessages(messages: readonly NewMessage[], sealer: Pick<Sealer, 'sealInto'>): PackedMessages {
  const sharedColumns = createColumnIndex(haveEqualColumns);
  const chunkIds = createColumnIndex<string>((left, right) => left === right);
  const [ids, expiries, sharedIndexes, chunkIndexes, starts, sizes]: [
    string[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ] = [[], [], [], [], [], []];
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, message) => sum + MAC_BYTES + sealedBound(message), 0));
  let at = 0;
  for (const message of messages) {
    bytes.set(message.phoneMac, at);
    const end = sealer.sealInto(bytes, at + MAC_BYTES, message.id, message);
    ids.push(message.id);
    expiries.push(message.expiresAt);
    sharedIndexes.push(sharedColumns.indexOf(message));
    chunkIndexes.push(chunkIds.indexOf(message.chunkId));
    starts.push(at + 1);
    sizes.push(end - at);
    at = end;
  }
  return {
    ids,
    expiries,
    sharedColumns: sharedColumns.all,
    sharedIndexes,
    chunkIds: chunkIds.all,
    chunkIndexes,
    bytes: bytes.subarray(0, at),
    starts,
    sizes,
  };
}

const haveEqualColumns = (left: NewMessage, right: NewMessage): boolean =>
  left.templateId === right.templateId &&
  left.clientId === right.clientId &&
  left.lane === right.lane &&
  left.onUnknown === right.onUnknown;

interface ColumnIndex<T> {
  readonly all: readonly T[];
  /** The index of a value, from 1. Equal values in a row share one. */
  indexOf(value: T): number;
}

/** Compares each value with the previous one only: neighbours are mostly equal, and a value listed twice does no harm. */
function createColumnIndex<T>(isSame: (left: T, right: T) => boolean): ColumnIndex<T> {
  const all: T[] = [];
  return {
    all,
    indexOf: (value) => {
      const last = all.at(-1);
      if (last === undefined || !isSame(last, value)) all.push(value);
      return all.length;
    },
  };
}
