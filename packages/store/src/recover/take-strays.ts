import type { Lane } from '@ardor/domain/status';
import type { Database } from '../database.js';

export interface Stray {
  readonly id: string;
  readonly lane: Lane;
  readonly chunkId: string;
}

export interface StrayOptions {
  readonly limit: number;
  /** The same row is looked at again after this long, in milliseconds. */
  readonly againAfterMs: number;
}

/**
 * Messages that still wait past the time by which the queue should have brought them: never queued, or queued in a
 * Redis that is gone, or simply behind a long backlog. Adding their chunk's job again is right in each case, because
 * it does nothing while that job is there.
 */
export type TakeStrays = (options: StrayOptions) => Promise<Stray[]>;

export function createTakeStrays({ prisma }: Database): TakeStrays {
  return ({ limit, againAfterMs }) => prisma.$queryRaw<Stray[]>`
    WITH stray AS MATERIALIZED (
      SELECT id FROM messages WHERE status = 'queuing' AND due_at <= now() AND expires_at > now()
      ORDER BY due_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m SET due_at = least(now() + ${againAfterMs}::int * interval '1 millisecond', m.expires_at)
    FROM stray WHERE m.id = stray.id
    RETURNING m.id, m.lane, m.chunk_id AS "chunkId"`;
}
