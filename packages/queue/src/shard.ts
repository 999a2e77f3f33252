import type { Redis } from 'ioredis';

/** One of the queues that a lane is split into. */
export interface Shard {
  readonly connection: Redis;
  /** Before every key of the shard in Redis. */
  readonly prefix: string;
}

/** The random end of an id: its start is a time, the same for all that come together. */
const RANDOM_DIGITS = 8;

/**
 * The shard of a chunk, 0..count-1: by its id alone, so that whoever looks for its job, or adds it again, does so where
 * it was added first. Spread evenly, as the last 32 bits of an id are random.
 */
export function shardOf(chunkId: string, count: number): number {
  return parseInt(chunkId.slice(-RANDOM_DIGITS), 16) % count;
}

/** What Redis hashes of a key: between the first brace and the next closing one, unless nothing is there. */
const HASH_TAG = /^([^{]*\{[^}]+)\}/;

/**
 * The first shard has the prefix as it is: what waited before there were shards is still seen. Each other one has a hash
 * tag of its own, `{ardor}` → `{ardor:1}`; a prefix without a tag gets one in front, `ardor` → `{:1}ardor`. No
 * QUEUE_PREFIX has a colon, so that no shard ever has the keys of another installation on the same Redis.
 */
export function shardPrefix(prefix: string, shard: number): string {
  if (shard === 0) return prefix;
  return HASH_TAG.test(prefix) ? prefix.replace(HASH_TAG, `$1:${shard}}`) : `{:${shard}}${prefix}`;
}
