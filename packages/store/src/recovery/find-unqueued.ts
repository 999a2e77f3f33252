import type { Lane } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';

export interface UnqueuedMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly chunkId: string;
}

/** Where a page ended; the next begins after it. */
export interface UnqueuedCursor {
  readonly dueAt: string;
  readonly id: string;
}

export interface UnqueuedPage {
  readonly messages: readonly UnqueuedMessage[];
  /** Undefined at the end. */
  readonly next: UnqueuedCursor | undefined;
}

/**
 * Messages that still wait past the time by which the queue should have brought them: never queued, or queued in a
 * Redis that is gone, or simply behind a long backlog. Only read, a page at a time: a million that wait honestly must
 * not be written again and again.
 */
export type FindUnqueued = (limit: number, after: UnqueuedCursor | undefined) => Promise<UnqueuedPage>;

const FIRST: UnqueuedCursor = { dueAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

export function createFindUnqueued({ sql }: Database): FindUnqueued {
  return async (limit, after = FIRST) => {
    const rows = await sql<UnqueuedMessage & UnqueuedCursor>`
      SELECT id, lane, chunk_id AS "chunkId", due_at::text AS "dueAt" FROM messages
      WHERE status = 'queuing' AND due_at <= now() AND expires_at > now()
        AND (due_at, id) > (${after.dueAt}::timestamptz, ${after.id}::uuid)
      ORDER BY due_at, id LIMIT ${limit}::int`;
    const last = rows.at(-1);
    return {
      messages: rows.map(({ id, lane, chunkId }) => ({ id, lane, chunkId })),
      next: last && rows.length === limit ? { dueAt: last.dueAt, id: last.id } : undefined,
    };
  };
}
