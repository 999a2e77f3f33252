import type { Redis } from 'ioredis';
import { openQueueConnection, type QueueConnectionOptions } from './connection.js';
import { shardPrefix, type Shard } from './shard.js';

export interface ShardsOptions extends Omit<QueueConnectionOptions, 'url'> {
  /** Shard i lives on server i mod their number. No more than there are shards. */
  readonly urls: readonly [string, ...string[]];
  readonly count: number;
  /** That of the first shard. */
  readonly prefix: string;
}

export interface OpenShards {
  readonly shards: readonly Shard[];
  /** One connection for each server, which its shards share. */
  readonly servers: readonly Redis[];
  /** At once: what had to be said over them has been said by the releases before. */
  disconnect(): Promise<void>;
}

export function openShards({ urls: [first, ...more], count, prefix, ...connection }: ShardsOptions): OpenShards {
  const open = (url: string): Redis => openQueueConnection({ ...connection, url });
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
