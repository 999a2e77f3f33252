import { randomFillSync } from 'node:crypto';

const POOL_IDS = 256;
/** Of the 74 random bits: 12 after the version, 2 + 60 after the variant; as digits, the variant's is 8, 9, a or b. */
const RANDOM_DIGITS = 20;
const VARIANTS = '89ab';

/**
 * A source of UUIDv7 strings (RFC 9562 §5.7): 48 bits of Unix time in milliseconds, 74 random bits. Unguessable,
 * and ordered by time. Random bytes are drawn for 256 ids at once, because a draw costs far more than an id.
 */
export function createUuid7(now: () => number = Date.now): () => string {
  const pool = Buffer.allocUnsafe((POOL_IDS * RANDOM_DIGITS) / 2);
  let digits = '';
  let used = 0;
  let time = -1;
  let prefix = '';
  return () => {
    if (used === digits.length) {
      digits = randomFillSync(pool).toString('hex');
      used = 0;
    }
    const ms = now();
    if (ms !== time) {
      time = ms;
      prefix = `${uuid7Floor(ms).slice(0, 14)}7`;
    }
    const random = digits.slice(used, (used += RANDOM_DIGITS));
    const variant = VARIANTS.charAt(parseInt(random.charAt(3), 16) & 3);
    return `${prefix}${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID of any version in its usual writing. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Unix time in milliseconds from a UUIDv7. */
export const uuid7Time = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The smallest UUID of a moment (Unix milliseconds): a bound for ranges of UUIDv7 ids. */
export function uuid7Floor(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
