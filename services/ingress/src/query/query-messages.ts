import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import { WINDOW_BUCKET_MS, type Limiter } from '@ardor/rate-limits/limiter';
import type { FindMessages, MessageState } from '@ardor/store/messages/find-messages';

export interface QueryMessagesDeps {
  readonly limiter: Pick<Limiter, 'takeQueries'>;
  readonly findMessages: FindMessages;
  readonly onLimiterFailure: (error: unknown) => void;
}

/** What one query found; undefined where there is no such message. */
export type QueryResult = Result<MessageState | undefined>;

/** Answers one batch of queries: one limiter call, one SELECT. `ids` are lower case. One result each, in order. */
export function createQueryMessages(deps: QueryMessagesDeps): (ids: readonly string[]) => Promise<QueryResult[]> {
  return async (ids) => {
    const budget = await takeBudget(deps, ids.length);
    if (!budget) return ids.map(() => refused(refuse('limiter_unavailable', { retryAfterSeconds: 1 })));
    const { granted, retryAfterMs } = budget;
    const states = granted > 0 ? await deps.findMessages(ids.slice(0, granted)) : new Map<string, MessageState>();
    const limited = refuse('query_rate_limited', {
      retryAfterSeconds: retryAfterSeconds(retryAfterMs - WINDOW_BUCKET_MS),
    });
    return ids.map((id, index) => (index < granted ? ok(states.get(id)) : refused(limited)));
  };
}

/** Fails closed: undefined while the limiter cannot answer. */
async function takeBudget({ limiter, onLimiterFailure }: QueryMessagesDeps, wanted: number) {
  try {
    return await limiter.takeQueries(wanted);
  } catch (error) {
    onLimiterFailure(error);
    return undefined;
  }
}
