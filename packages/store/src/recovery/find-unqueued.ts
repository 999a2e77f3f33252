import type { Lane } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';

export interface UnqueuedMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly chunkId: string;
}

/** The last row of a page. The next page begins after it. */
export interface UnqueuedCursor {
  readonly dueAt: string;
  readonly id: string;
}

export interface UnqueuedPage {
  readonly messages: readonly UnqueuedMessage[];
  /** Undefined on the last page. */
  readonly next: UnqueuedCursor | undefined;
}

/**
 * Reads a page of overdue messages: still queuing after the time by which a worker should have claimed them. They were
 * never queued, or Redis lost their job, or they are in a long backlog. The rows are only read: a long backlog must not
 * be written again and again.
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
