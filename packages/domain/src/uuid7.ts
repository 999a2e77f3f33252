import { randomFillSync } from 'node:crypto';

const POOL_IDS = 256;

/**
 * A source of UUIDv7 strings (RFC 9562 §5.7): 48 bits of Unix time in milliseconds, 74 random bits. Unguessable,
 * and ordered by time. Random bytes are drawn for 256 ids at once, because a draw costs far more than an id.
 */
export function createUuid7(now: () => number = Date.now): () => string {
  const pool = Buffer.allocUnsafe(POOL_IDS * 10);
  const bytes = Buffer.alloc(16);
  let used = POOL_IDS;
  return () => {
    if (used === POOL_IDS) {
      randomFillSync(pool);
      used = 0;
    }
    bytes.writeUIntBE(now(), 0, 6);
    pool.copy(bytes, 6, used * 10, used * 10 + 10);
    used++;
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
