import { redisInfo } from '../session/servers.js';
import type { Trial } from '../session/session.js';
import type { Target } from '../session/start-http-ceiling.js';
import type { Memory } from './measurement.js';

interface Usage {
  readonly redis: number;
  readonly postgres: number;
  readonly rows: number;
}

const SIZE = `
  SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 AS bytes, (SELECT count(*)::float8 FROM messages) AS rows
  FROM pg_class c WHERE c.oid = 'messages'::regclass
    OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'messages'::regclass)`;

/** Undefined where nothing is stored. */
export async function memorySoFar({ database }: Target, { servers }: Trial): Promise<Usage | undefined> {
  const [size] = (await database?.query<{ bytes: number; rows: number }>(SIZE)) ?? [];
  if (!size) return undefined;
  const redis = Number(await redisInfo(servers.redisClient, 'memory', 'used_memory'));
  return { redis, postgres: size.bytes, rows: size.rows };
}

/** Memory for each message that was stored since and still waits. */
export async function memorySince(before: Usage | undefined, target: Target, trial: Trial): Promise<Memory | null> {
  const after = await memorySoFar(target, trial);
  if (!before || !after || after.rows === before.rows) return null;
  const rows = after.rows - before.rows;
  return {
    redis_bytes_per_queued: (after.redis - before.redis) / rows,
    postgres_bytes_per_row: (after.postgres - before.postgres) / rows,
  };
}
