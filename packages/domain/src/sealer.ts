import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from 'node:crypto';
import type { Keyring } from './keyring.js';
import { uuid7Time } from './uuid7.js';

/** What is secret of a message. */
export interface Payload {
  /** E.164. */
  readonly to: string;
  /** The rendered text; it holds the parameters. */
  readonly text: string;
}

/** Seals payloads for the rest they take in the database, and opens them for the carrier. */
export interface Sealer {
  /** AES-256-GCM over the payload, bound to the message's id. Bytes: version 1, nonce 12, ciphertext, tag 16. */
  seal(messageId: string, payload: Payload): Buffer;
  /** The same, written into `target` from `at` on, where `sealedBound` bytes must be free; returns where it ends. */
  sealInto(target: Buffer, at: number, messageId: string, payload: Payload): number;
  /** Throws when the bytes were not sealed for this id with these keys. */
  open(messageId: string, sealed: Uint8Array): Payload;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
/** Of a UUID as it is written: all of it, and what tells its time. */
const ID_BYTES = 36;
const TIME_CHARACTERS = 13;
/** UTF-8 takes three bytes at most for a UTF-16 unit. */
const MOST_BYTES_OF_UNIT = 3;
const HOUR_MS = 3_600_000;
const CACHED_KEYS = 64;
const POOL_NONCES = 256;

/**
 * The key changes with the hour of the message's id: random 96-bit nonces are safe for 2^32 messages a key
 * (NIST SP 800-38D §8.3), and 80,000 sends a second would pass that within 15 hours.
 */
export function createSealer(keyring: Keyring): Sealer {
  const keys = new Map<number, KeyObject>();
  const keyOfHour = (hour: number): KeyObject => {
    const known = keys.get(hour);
    if (known) return known;
    if (keys.size >= CACHED_KEYS) keys.clear();
    const key = keyring.derive(`payload/${hour}`);
    keys.set(hour, key);
    return key;
  };
  // Messages of a batch are of the same millisecond, or nearly.
  let last: { readonly time: string; readonly key: KeyObject } | undefined;
  const keyFor = (messageId: string): KeyObject => {
    if (!last || !messageId.startsWith(last.time)) {
      const hour = Math.floor(uuid7Time(messageId) / HOUR_MS);
      last = { time: messageId.slice(0, TIME_CHARACTERS), key: keyOfHour(hour) };
    }
    return last.key;
  };
  const nextNonce = createNonces();
  const id = Buffer.alloc(ID_BYTES);
  const sealInto: Sealer['sealInto'] = (target, at, messageId, { to, text }) => {
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', keyFor(messageId), nonce);
    id.write(messageId, 'latin1');
    cipher.setAAD(id);
    const body = cipher.update(`${to}\n${text}`, 'utf8');
    cipher.final();
    target[at] = VERSION;
    target.set(nonce, at + 1);
    target.set(body, at + HEAD_BYTES);
    target.set(cipher.getAuthTag(), at + HEAD_BYTES + body.length);
    return at + HEAD_BYTES + body.length + TAG_BYTES;
  };
  return {
    sealInto,
    seal: (messageId, payload) => {
      const sealed = Buffer.alloc(sealedBound(payload));
      return sealed.subarray(0, sealInto(sealed, 0, messageId, payload));
    },
    open(messageId, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes[0] !== VERSION || bytes.length < HEAD_BYTES + TAG_BYTES) throw new Error('unknown seal version');
      const tagAt = bytes.length - TAG_BYTES;
      const nonce = bytes.subarray(1, HEAD_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', keyFor(messageId), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(messageId, 'latin1'));
      decipher.setAuthTag(bytes.subarray(tagAt));
      const plain = decipher.update(bytes.subarray(HEAD_BYTES, tagAt), undefined, 'utf8') + decipher.final('utf8');
      const cut = plain.indexOf('\n');
      return { to: plain.slice(0, cut), text: plain.slice(cut + 1) };
    },
  };
}

/** What a sealed payload takes at most, in bytes. */
export const sealedBound = ({ to, text }: Payload): number =>
  HEAD_BYTES + MOST_BYTES_OF_UNIT * (to.length + 1 + text.length) + TAG_BYTES;

/** A nonce is good until the next is asked for: it lies in the pool. */
function createNonces(): () => Buffer {
  const pool = Buffer.alloc(POOL_NONCES * NONCE_BYTES);
  let used = POOL_NONCES;
  return () => {
    if (used === POOL_NONCES) {
      randomFillSync(pool);
      used = 0;
    }
    return pool.subarray(used * NONCE_BYTES, ++used * NONCE_BYTES);
  };
}
