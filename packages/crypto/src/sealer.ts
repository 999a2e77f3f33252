import { randomFillSync } from 'node:crypto';
import sodium from 'sodium-native';
import type { Keyring } from './keyring.js';

/** The secret part of a message. */
export interface Payload {
  /** E.164. */
  readonly to: string;
  /** The rendered text, with the parameters in it. */
  readonly text: string;
}

/** Seals payloads before they are stored, and opens them before they are sent. */
export interface Sealer {
  /**
   * Seals the payload with XChaCha20-Poly1305, bound to the message's id. Writes version (1 byte, value 2), nonce (24),
   * ciphertext and tag (16) into `target` from `at`. `sealedBound` bytes must be free there. Returns the end.
   */
  sealInto(target: Buffer, at: number, messageId: string, payload: Payload): number;
  /** Opens a sealed payload. Throws when it was not sealed for this id with these keys. */
  open(messageId: string, sealed: Uint8Array): Payload;
}

/** Version 1 was AES-256-GCM. It was never released. */
const VERSION = 2;
const NONCE_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
const TAG_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES;
const HEAD_BYTES = 1 + NONCE_BYTES;
/** Length of a UUID as text. */
const ID_BYTES = 36;
/** UTF-8 needs at most three bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
const POOL_NONCES = 256;

/**
 * One key serves all messages. Random nonces of 192 bits do not collide (draft-irtf-cfrg-xchacha §3.1). AES-GCM has 96
 * bits, which 80,000 sends a second would use up within 15 hours.
 */
export function createSealer(keyring: Pick<Keyring, 'derive'>): Sealer {
  const key = keyring.derive('payload');
  const id = Buffer.alloc(ID_BYTES);
  const nonce = Buffer.alloc(NONCE_BYTES);
  const nextNonce = createNonces();
  return {
    sealInto: (target, at, messageId, { to, text }) => {
      const begin = at + HEAD_BYTES;
      target[at] = VERSION;
      nextNonce(nonce);
      target.set(nonce, at + 1);
      const end = begin + target.write(`${to}\n${text}`, begin);
      id.write(messageId, 'latin1');
      // Encrypts in place: the ciphertext overwrites the plain text.
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

/** The largest possible size of a sealed payload, in bytes. */
export const sealedBound = ({ to, text }: Payload): number =>
  HEAD_BYTES + MAX_BYTES_PER_UNIT * (to.length + 1 + text.length) + TAG_BYTES;

/** Draws nonces for many messages at once, which costs less than one draw each. */
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
