import { LRUCache } from 'lru-cache';

/** The largest number of records. The least recently used one is dropped first. */
const MAX_RECORDS = 10_000;

/** Returns a fresh record at once, without a promise. This is the case for nearly every request. */
export type FindRecord<T> = (key: string) => T | undefined | Promise<T | undefined>;

/**
 * Caches the results of `find` for `ttlMs`, also the absence of a record. Concurrent requests for one key share one
 * look-up. A failed look-up is not cached.
 */
export function cacheRecords<T extends object>(
  find: (key: string) => Promise<T | undefined>,
  ttlMs: number,
): FindRecord<T> {
  const cache = new LRUCache<string, { record: T | undefined }>({
    max: MAX_RECORDS,
    ttl: ttlMs,
    fetchMethod: async (key) => ({ record: await find(key) }),
  });
  return (key) => {
    const fresh = cache.get(key);
    return fresh ? fresh.record : cache.fetch(key).then((found) => found?.record);
  };
}
