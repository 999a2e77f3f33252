import { openRedis, type RedisPolicy } from '@ardor/runtime/redis/open-redis';
import type { Redis } from 'ioredis';

/** One part of the queue. Each shard has all lanes. */
export interface Shard {
  readonly connection: Redis;
  /** Put before every key of the shard. */
  readonly prefix: string;
}

export type ShardsOptions = RedisPolicy & {
  /** Shard i lives on server i modulo the number of servers. There are no more servers than shards. */
  readonly urls: readonly [string, ...string[]];
  /** How many shards. */
  readonly count: number;
  /** Prefix of the first shard. */
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
};

export interface OpenShards {
  readonly shards: readonly Shard[];
  /** One connection for each server; its shards share it. */
  readonly servers: readonly Redis[];
  /** Disconnects at once: everything that uses the connections has been closed before. */
  disconnect(): Promise<void>;
}

export function openShards({ urls, count, prefix, ...connection }: ShardsOptions): OpenShards {
  const [first, ...more] = urls;
  const open = (url: string): Redis => openRedis({ ...connection, url });
  const servers: [Redis, ...Redis[]] = [open(first), ...more.map(open)];
  return {
    servers,
    shards: Array.from({ length: count }, (_, n) => ({
      connection: servers[n % servers.length] ?? servers[0],
      prefix: shardPrefix(prefix, n),
    })),
    disconnect: () => {
      for (const server of servers) server.disconnect();
      return Promise.resolve();
    },
  };
}

/** The start of an id is a time, the same for all ids of a moment. The last 8 hex digits are random. */
const RANDOM_DIGITS = 8;

/**
 * The shard of a chunk, 0..count-1. It depends on the chunk's id alone, so a job is looked for, and added again, in the
 * shard where it was added first.
 */
export function shardOf(chunkId: string, count: number): number {
  return parseInt(chunkId.slice(-RANDOM_DIGITS), 16) % count;
}

/** The part of a key that Redis Cluster hashes: between the first `{` and the next `}`, unless it is empty. */
const HASH_TAG = /^([^{]*\{[^}]+)\}/;

/**
 * The first shard keeps the prefix, so jobs that waited before there were shards are still seen. The others get a hash
 * tag of their own: `{ardor}` → `{ardor:1}`. A prefix without a tag gets one in front: `ardor` → `{:1}ardor`. No
 * QUEUE_PREFIX has a colon, so a shard never has the keys of another installation on the same Redis.
 */
export function shardPrefix(prefix: string, shard: number): string {
  if (shard === 0) return prefix;
  return HASH_TAG.test(prefix) ? prefix.replace(HASH_TAG, `$1:${shard}}`) : `{:${shard}}${prefix}`;
}
