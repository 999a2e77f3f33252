import { sealedBound, type Sealer } from '@ardor/crypto/sealer';
import type { NewMessage } from './new-message.js';

/** Messages as columns for one UNNEST. What many of them share is told once, and by number in each row, from 1. */
export interface PackedMessages {
  readonly ids: readonly string[];
  /** One message of each kind: same client, template, lane, policy and validity. */
  readonly kinds: readonly NewMessage[];
  readonly kindOf: readonly number[];
  readonly chunks: readonly string[];
  readonly chunkOf: readonly number[];
  /** Of each message the number's MAC and the sealed payload, one after the other. */
  readonly bytes: Buffer;
  /** Where a message's bytes begin, from 1, and how many they are. */
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

const MAC_BYTES = 16;

export function packMessages(messages: readonly NewMessage[], sealer: Pick<Sealer, 'sealInto'>): PackedMessages {
  const kinds = createNumbering(isSameKind);
  const chunks = createNumbering<string>((left, right) => left === right);
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
    kindOf.push(kinds.numberOf(message));
    chunkOf.push(chunks.numberOf(message.chunkId));
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

interface Numbering<T> {
  readonly all: readonly T[];
  /** The number of a thing, from 1; the same thing has the same number wherever it follows on itself. */
  numberOf(thing: T): number;
}

/** Compares with the one before only: what comes together is mostly alike, and a thing numbered twice does no harm. */
function createNumbering<T>(isSame: (left: T, right: T) => boolean): Numbering<T> {
  const all: T[] = [];
  return {
    all,
    numberOf: (thing) => {
      const last = all.at(-1);
      if (last === undefined || !isSame(last, thing)) all.push(thing);
      return all.length;
    },
  };
}
