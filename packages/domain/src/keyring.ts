import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { BLOCK_BYTES, createBlockMac } from './block-mac.js';

const KEY_BYTES = 32;
/** Buffer.from skips what is not base64; a key with anything else in it is a mistake. */
const MASTER_KEY = /^[A-Za-z0-9+/]{43}=$/;

/** The keys that are derived from ARDOR_MASTER_KEY, one for each purpose (HKDF-SHA-256, RFC 5869). */
export interface Keyring {
  /** A number's searchable stand-in, an AES-CMAC of 16 bytes; `e164` as `normalizePhone` gives it. */
  phoneMac(e164: string): Buffer;
  /** What is stored of a passcode, 32 bytes. Bound to the client, so that it is of no use to another. */
  passcodeMac(clientId: string, passcode: string): Buffer;
  /** The unguessable part of a message's callback URL, 22 characters of base64url; `messageId` is a UUID. */
  receiptToken(messageId: string): string;
  /** A key for what `purpose` names, 32 bytes; derived anew at each call. */
  derive(purpose: string): KeyObject;
}

/** Builds the keyring from the master key: 32 bytes in base64. Throws on anything else. */
export function createKeyring(masterKey: string): Keyring {
  if (!MASTER_KEY.test(masterKey)) throw new Error('ARDOR_MASTER_KEY must be 32 bytes in base64');
  const master = Buffer.from(masterKey, 'base64');
  const derive = (purpose: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `ardor/v1/${purpose}`, KEY_BYTES)));
  const phone = createBlockMac(derive('phone'));
  const receipt = createBlockMac(derive('receipt'));
  const passcode = derive('passcode');
  const block = new Uint8Array(BLOCK_BYTES);
  return {
    phoneMac: (e164) => phone(writePhone(e164, block)),
    passcodeMac: (clientId, secret) => createHmac('sha256', passcode).update(`${clientId}\0${secret}`).digest(),
    receiptToken: (messageId) => receipt(Buffer.from(messageId.replaceAll('-', ''), 'hex')).toString('base64url'),
    derive,
  };
}

/** Puts a plus and at most 15 digits (ITU-T E.164 §6.1) into `block`, filled up with zeros: no two numbers have the same. */
function writePhone(e164: string, block: Uint8Array): Uint8Array {
  if (e164.length > BLOCK_BYTES) throw new RangeError('a number in E.164 has 15 digits at most');
  for (let at = 0; at < BLOCK_BYTES; at++) block[at] = at < e164.length ? e164.charCodeAt(at) : 0;
  return block;
}

/** Compares two MACs in constant time. */
export const sameMac = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);
