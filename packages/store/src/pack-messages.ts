import type { Sealer } from '@ardor/domain/sealer';
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

export function packMessages(messages: readonly NewMessage[], sealer: Sealer): PackedMessages {
  const kinds = createNumbering<NewMessage>();
  const chunks = createNumbering<string>();
  const parts: Uint8Array[] = [];
  const rows = {
    ids: [] as string[],
    kindOf: [] as number[],
    chunkOf: [] as number[],
    starts: [] as number[],
    sizes: [] as number[],
  };
  let start = 1;
  for (const message of messages) {
    const { id, clientId, templateId, lane, onUnknown, validitySeconds, chunkId, to, text, phoneMac } = message;
    const payload = sealer.seal(id, { to, text });
    parts.push(phoneMac, payload);
    const size = phoneMac.length + payload.length;
    rows.ids.push(id);
    rows.kindOf.push(kinds.numberOf(`${clientId} ${templateId} ${lane} ${onUnknown} ${validitySeconds}`, message));
    rows.chunkOf.push(chunks.numberOf(chunkId, chunkId));
    rows.starts.push(start);
    rows.sizes.push(size);
    start += size;
  }
  return { ...rows, kinds: kinds.all, chunks: chunks.all, bytes: Buffer.concat(parts) };
}

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
