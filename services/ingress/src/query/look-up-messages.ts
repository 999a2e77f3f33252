import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { Limiter } from '@ardor/rate-limits/limiter';
import type { FindMessages, MessageState } from '@ardor/store/messages/find-messages';

export interface QueryBatchDeps {
  readonly limiter: Pick<Limiter, 'takeQueries'>;
  readonly findMessages: FindMessages;
  readonly onLimiterFailure: (error: unknown) => void;
}

/** What one query found; undefined where there is no such message. */
export type Found = Result<MessageState | undefined>;

/** Answers all queries that arrived meanwhile: one limiter call, one SELECT. `ids` are lower case. One result each, in order. */
export function createQueryBatch({
  limiter,
  findMessages,
  onLimiterFailure,
}: QueryBatchDeps): (ids: readonly string[]) => Promise<Found[]> {
  return async (ids) => {
    const allowed = await take(limiter, ids.length, onLimiterFailure);
    if (!allowed) return ids.map(() => refused(refuse('limiter_unavailable', undefined, 1)));
    const { granted, retryAfterMs } = allowed;
    const states = granted > 0 ? await findMessages(ids.slice(0, granted)) : new Map<string, MessageState>();
    const retryAfterSeconds = Math.max(1, Math.round(retryAfterMs / 1000));
    return ids.map((id, index) =>
      index < granted ? ok(states.get(id)) : refused(refuse('query_rate_limited', undefined, retryAfterSeconds)),
    );
  };
}

/** Fails closed: undefined while the limiter is out of reach. */
async function take(limiter: QueryBatchDeps['limiter'], wanted: number, onFailure: (error: unknown) => void) {
  try {
    return await limiter.takeQueries(wanted);
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
