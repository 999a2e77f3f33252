import { sealedBound, type Sealer } from '@ardor/domain/sealer';
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
  const kinds = createNumbering<NewMessage>();
  const chunks = createNumbering<string>();
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
    kindOf.push(kinds.numberOf(kindKey(message), message));
    chunkOf.push(chunks.numberOf(message.chunkId, message.chunkId));
    starts.push(at + 1);
    sizes.push(end - at);
    at = end;
  }
  return { ids, kinds: kinds.all, kindOf, chunks: chunks.all, chunkOf, bytes: bytes.subarray(0, at), starts, sizes };
}

const kindKey = ({ clientId, templateId, lane, onUnknown, validitySeconds }: NewMessage): string =>
  `${clientId} ${templateId} ${lane} ${onUnknown} ${validitySeconds}`;

interface Numbering<T> {
  readonly all: readonly T[];
  /** The number of what `key` names, from 1; the same key is the same thing. */
  numberOf(key: string, value: T): number;
}

function createNumbering<T>(): Numbering<T> {
  const numbers = new Map<string, number>();
  const all: T[] = [];
  return {
    all,
    numberOf: (key, value) => {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      all.push(value);
      numbers.set(key, all.length);
      return all.length;
    },
  };
}
