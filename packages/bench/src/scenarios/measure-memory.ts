import { redisInfo } from '../stage/servers.js';
import type { System } from '../stage/system.js';
import type { Trial } from '../stage/stage.js';
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
export async function memorySoFar({ database }: System, { servers }: Trial): Promise<Usage | undefined> {
  const [size] = (await database?.query<{ bytes: number; rows: number }>(SIZE)) ?? [];
  if (!size) return undefined;
  const redis = Number(await redisInfo(servers.redisClient, 'memory', 'used_memory'));
  return { redis, postgres: size.bytes, rows: size.rows };
}

/** For each message that was stored since and still waits. */
export async function memorySince(before: Usage | undefined, system: System, trial: Trial): Promise<Memory | null> {
  const after = await memorySoFar(system, trial);
  if (!before || !after || after.rows === before.rows) return null;
  const rows = after.rows - before.rows;
  return {
    redis_bytes_per_queued: (after.redis - before.redis) / rows,
    postgres_bytes_per_row: (after.postgres - before.postgres) / rows,
  };
}
