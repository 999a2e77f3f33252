import { LRUCache } from 'lru-cache';

/** Records at most; what was not asked for longest goes first. */
const MAX_RECORDS = 10_000;

/** A record that is fresh is there at once: nearly every request's, which then waits for nothing. */
export type FindRecord<T> = (key: string) => T | undefined | Promise<T | undefined>;

/**
 * Remembers what `find` said, absence included, for `ttlMs`; requests for the same key that come meanwhile share one
 * look-up. A failed look-up is not remembered.
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
