import { sealedBound, type Sealer } from '@ardor/crypto/sealer';
import type { NewMessage } from './new-message.js';

/** Messages as columns for one UNNEST. Shared values stand once in `kinds` and `chunks`; rows refer to them by index, from 1. */
export interface PackedMessages {
  readonly ids: readonly string[];
  /** One message of each kind. A kind is the same client, template, lane, policy and validity. */
  readonly kinds: readonly NewMessage[];
  readonly kindOf: readonly number[];
  readonly chunks: readonly string[];
  readonly chunkOf: readonly number[];
  /** For each message the MAC of its number and its sealed payload, all in one buffer. */
  readonly bytes: Buffer;
  /** The position of each message's first byte, from 1, and the number of its bytes. */
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

const MAC_BYTES = 16;

export function packMessages(messages: readonly NewMessage[], sealer: Pick<Sealer, 'sealInto'>): PackedMessages {
  const kinds = createIndex(isSameKind);
  const chunks = createIndex<string>((left, right) => left === right);
  const [ids, kindOf, chunkOf, starts, sizes]: [string[], number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, message) => sum + MAC_BYTES + sealedBound(message), 0));
  let at = 0;
  for (const message of messages) {
    bytes.set(message.phoneMac, at);
    const end = sealer.sealInto(bytes, at + MAC_BYTES, message.id, message);
    ids.push(message.id);
    kindOf.push(kinds.indexOf(message));
    chunkOf.push(chunks.indexOf(message.chunkId));
    starts.push(at + 1);
    sizes.push(end - at);
    at = end;
  }
  return { ids, kinds: kinds.all, kindOf, chunks: chunks.all, chunkOf, bytes: bytes.subarray(0, at), starts, sizes };
}

const isSameKind = (left: NewMessage, right: NewMessage): boolean =>
  left.templateId === right.templateId &&
  left.clientId === right.clientId &&
  left.lane === right.lane &&
  left.onUnknown === right.onUnknown &&
  left.validitySeconds === right.validitySeconds;

interface Index<T> {
  readonly all: readonly T[];
  /** The index of a value, from 1. Equal values in a row share one. */
  indexOf(value: T): number;
}

/** Compares each value with the previous one only: neighbours are mostly equal, and a value listed twice does no harm. */
function createIndex<T>(isSame: (left: T, right: T) => boolean): Index<T> {
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
