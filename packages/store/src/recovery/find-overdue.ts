import type { Lane } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';

export interface OverdueMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly chunkId: string;
}

/** The last row of a page. The next page begins after it. */
export interface OverdueCursor {
  readonly dueAt: string;
  readonly id: string;
}

export interface OverduePage {
  readonly messages: readonly OverdueMessage[];
  /** Undefined on the last page. */
  readonly next: OverdueCursor | undefined;
}

/**
 * Reads a page of overdue messages: queuing, and past their `due_at`, so a worker should have claimed them. They were
 * never queued, or Redis lost their job, or they are in a long backlog. The rows are only read: a long backlog must not
 * be written again and again.
 */
export type FindOverdue = (limit: number, after: OverdueCursor | undefined) => Promise<OverduePage>;

const FIRST: OverdueCursor = { dueAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

export function createFindOverdue({ sql }: Database): FindOverdue {
  return async (limit, after = FIRST) => {
    const rows = await sql<OverdueMessage & OverdueCursor>`
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
