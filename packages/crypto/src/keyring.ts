import { hkdfSync, timingSafeEqual } from 'node:crypto';
import sodium from 'sodium-native';

const KEY_BYTES = 32;
/** Of what stands for a number or for a message; of what stands for a passcode. */
const SHORT_MAC_BYTES = 16;
const LONG_MAC_BYTES = 32;
/** Buffer.from skips what is not base64; a key with anything else in it is a mistake. */
const MASTER_KEY = /^[A-Za-z0-9+/]{43}=$/;

/** The keys that are derived from ARDOR_MASTER_KEY, one for each purpose (HKDF-SHA-256, RFC 5869). MACs are keyed BLAKE2b (RFC 7693). */
export interface Keyring {
  /** A number's searchable stand-in, 16 bytes; `e164` as `normalizePhone` gives it. */
  phoneMac(e164: string): Buffer;
  /** What is stored of a passcode, 32 bytes. Bound to the client, so that it is of no use to another. */
  passcodeMac(clientId: string, passcode: string): Buffer;
  /** The unguessable part of a message's callback URL, 22 characters of base64url. */
  receiptToken(messageId: string): string;
  /** A key for what `purpose` names, 32 bytes; derived anew at each call. */
  derive(purpose: string): Buffer;
}

/** Builds the keyring from the master key: 32 bytes in base64. Throws on anything else. */
export function createKeyring(masterKey: string): Keyring {
  if (!MASTER_KEY.test(masterKey)) throw new Error('ARDOR_MASTER_KEY must be 32 bytes in base64');
  const master = Buffer.from(masterKey, 'base64');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `ardor/v1/${purpose}`, KEY_BYTES));
  const [phone, receipt, passcode] = [derive('phone'), derive('receipt'), derive('passcode')];
  return {
    phoneMac: (e164) => mac(phone, e164, SHORT_MAC_BYTES),
    passcodeMac: (clientId, secret) => mac(passcode, `${clientId}\0${secret}`, LONG_MAC_BYTES),
    receiptToken: (messageId) => mac(receipt, messageId, SHORT_MAC_BYTES).toString('base64url'),
    derive,
  };
}

function mac(key: Buffer, text: string, bytes: number): Buffer {
  const result = Buffer.allocUnsafe(bytes);
  sodium.crypto_generichash(result, Buffer.from(text), key);
  return result;
}

/** Compares two MACs in constant time. */
export const macsEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);
