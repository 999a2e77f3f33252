import type { MessageStatus } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

export interface MessageState {
  readonly clientId: string;
  readonly status: MessageStatus;
  /** Of `error`: the failure reason. Of `queuing`: why the last attempt was deferred (`DeferralCause`), if there was one. */
  readonly reason: string | null;
}

/** The states of those messages that exist, by id. Ids are lower case. */
export type FindMessages = (ids: readonly string[]) => Promise<ReadonlyMap<string, MessageState>>;

export function createFindMessages({ sql }: Database): FindMessages {
  return async (ids) => {
    const { low, high } = idRange(ids);
    const rows = await sql<{ id: string } & MessageState>`
      SELECT id, client_id AS "clientId", status, reason FROM messages
      WHERE id = ANY(${ids}::uuid[]) AND id BETWEEN ${low}::uuid AND ${high}::uuid`;
    return new Map(rows.map(({ id, clientId, status, reason }) => [id, { clientId, status, reason }]));
  };
}
