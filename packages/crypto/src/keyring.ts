import { hkdfSync, timingSafeEqual } from 'node:crypto';
import sodium from 'sodium-native';

const KEY_BYTES = 32;
/** MAC length for numbers and receipt tokens. */
const SHORT_MAC_BYTES = 16;
/** MAC length for passcodes and the check value. */
const LONG_MAC_BYTES = 32;
/** Checked by a pattern, because Buffer.from skips characters that are not base64. */
const MASTER_KEY = /^[A-Za-z0-9+/]{43}=$/;
/** Any fixed text would do: the key makes the value. */
const CHECK_TEXT = 'ardor master key';

/** Keys derived from ARDOR_MASTER_KEY, one for each purpose (HKDF-SHA-256, RFC 5869). MACs are keyed BLAKE2b (RFC 7693). */
export interface Keyring {
  /** The searchable MAC of a number, 16 bytes. `e164` must come from `normalizePhone`. */
  phoneMac(e164: string): Buffer;
  /** The key of a number's slot that belongs to `holder` alone, 16 bytes. `phoneMac` is the MAC of the number. */
  slotMac(phoneMac: Uint8Array, holder: string): Buffer;
  /** The stored MAC of a passcode, 32 bytes. It contains the client id, so another client cannot use the passcode. */
  passcodeMac(clientId: string, passcode: string): Buffer;
  /** The secret part of a message's callback URL, 22 characters of base64url. */
  receiptToken(messageId: string): string;
  /** Tells this master key from any other and reveals nothing of it, 32 bytes. The database keeps that of its key. */
  checkValue(): Buffer;
  /** Derives the key of a purpose, 32 bytes. No key is cached. */
  derive(purpose: string): Buffer;
}

/** Builds the keyring. The master key must be 32 bytes in base64; anything else throws. */
export function createKeyring(masterKey: string): Keyring {
  if (!MASTER_KEY.test(masterKey)) throw new Error('ARDOR_MASTER_KEY must be 32 bytes in base64');
  const master = Buffer.from(masterKey, 'base64');
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `ardor/v1/${purpose}`, KEY_BYTES));
  const [phone, slot, receipt, passcode] = [derive('phone'), derive('slot'), derive('receipt'), derive('passcode')];
  return {
    phoneMac: (e164) => mac(phone, e164, SHORT_MAC_BYTES),
    slotMac: (phoneMac, holder) => mac(slot, Buffer.concat([phoneMac, Buffer.from(holder)]), SHORT_MAC_BYTES),
    passcodeMac: (clientId, secret) => mac(passcode, `${clientId}\0${secret}`, LONG_MAC_BYTES),
    receiptToken: (messageId) => mac(receipt, messageId, SHORT_MAC_BYTES).toString('base64url'),
    checkValue: () => mac(derive('check'), CHECK_TEXT, LONG_MAC_BYTES),
    derive,
  };
}

function mac(key: Buffer, input: string | Buffer, bytes: number): Buffer {
  const result = Buffer.allocUnsafe(bytes);
  sodium.crypto_generichash(result, typeof input === 'string' ? Buffer.from(input) : input, key);
  return result;
}

/** Compares two MACs in constant time. */
export const macsEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);
