import { randomFillSync } from 'node:crypto';
import sodium from 'sodium-native';
import type { Keyring } from './keyring.js';

/** What is secret of a message. */
export interface Payload {
  /** E.164. */
  readonly to: string;
  /** The rendered text; it holds the parameters. */
  readonly text: string;
}

/** Seals payloads for the rest they take in the database, and opens them for the carrier. */
export interface Sealer {
  /**
   * XChaCha20-Poly1305 over the payload, bound to the message's id. Bytes: version 2, nonce 24, ciphertext, tag 16. They
   * are written into `target` from `at` on, where `sealedBound` bytes must be free; returns where they end.
   */
  sealInto(target: Buffer, at: number, messageId: string, payload: Payload): number;
  /** Throws when the bytes were not sealed for this id with these keys. */
  open(messageId: string, sealed: Uint8Array): Payload;
}

/** 1 was AES-256-GCM, and never left a development machine. */
const VERSION = 2;
const NONCE_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
const TAG_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;
const HEAD_BYTES = 1 + NONCE_BYTES;
/** Of a UUID as it is written. */
const ID_BYTES = 36;
/** UTF-8 takes three bytes at most for a UTF-16 unit. */
const MOST_BYTES_OF_UNIT = 3;
const POOL_NONCES = 256;

/**
 * One key for all messages: random nonces of 192 bits do not meet, however many there are (draft-irtf-cfrg-xchacha §3.1).
 * Those of AES-GCM have 96, which 80,000 sends a second would wear out within 15 hours.
 */
export function createSealer(keyring: Pick<Keyring, 'derive'>): Sealer {
  const key = keyring.derive('payload');
  const id = Buffer.alloc(ID_BYTES);
  const nonce = Buffer.alloc(NONCE_BYTES);
  const draw = createNonces();
  return {
    sealInto: (target, at, messageId, { to, text }) => {
      const begin = at + HEAD_BYTES;
      target[at] = VERSION;
      draw(nonce);
      target.set(nonce, at + 1);
      const end = begin + target.write(`${to}\n${text}`, begin);
      id.write(messageId, 'latin1');
      // In its place: what is sealed lies over what was open.
      sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        target.subarray(begin, end + TAG_BYTES),
        target.subarray(begin, end),
        id,
        null,
        nonce,
        key,
      );
      return end + TAG_BYTES;
    },
    open(messageId, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes[0] !== VERSION || bytes.length < HEAD_BYTES + TAG_BYTES) throw new Error('unknown seal version');
      const opened = Buffer.allocUnsafe(bytes.length - HEAD_BYTES - TAG_BYTES);
      sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        opened,
        null,
        bytes.subarray(HEAD_BYTES),
        Buffer.from(messageId, 'latin1'),
        bytes.subarray(1, HEAD_BYTES),
        key,
      );
      const plain = opened.toString();
      const cut = plain.indexOf('\n');
      return { to: plain.slice(0, cut), text: plain.slice(cut + 1) };
    },
  };
}

/** What a sealed payload takes at most, in bytes. */
export const sealedBound = ({ to, text }: Payload): number =>
  HEAD_BYTES + MOST_BYTES_OF_UNIT * (to.length + 1 + text.length) + TAG_BYTES;

/** Random bytes cost less when many are drawn at once. */
function createNonces(): (nonce: Buffer) => void {
  const pool = Buffer.alloc(POOL_NONCES * NONCE_BYTES);
  let used = POOL_NONCES;
  return (nonce) => {
    if (used === POOL_NONCES) {
      randomFillSync(pool);
      used = 0;
    }
    pool.copy(nonce, 0, used * NONCE_BYTES, ++used * NONCE_BYTES);
  };
}
