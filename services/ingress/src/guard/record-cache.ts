import { LRUCache } from 'lru-cache';

/** Records at most; what was not asked for longest goes first. */
const MAX_RECORDS = 10_000;

/**
 * Remembers what `find` said, absence included, for `ttlMs`; requests for the same key that come meanwhile share one
 * look-up. A failed look-up is not remembered.
 */
export function cacheRecords<T extends object>(
  find: (key: string) => Promise<T | undefined>,
  ttlMs: number,
): (key: string) => Promise<T | undefined> {
  const cache = new LRUCache<string, { record: T | undefined }>({
    max: MAX_RECORDS,
    ttl: ttlMs,
    fetchMethod: async (key) => ({ record: await find(key) }),
  });
  return async (key) => (await cache.fetch(key))?.record;
}
