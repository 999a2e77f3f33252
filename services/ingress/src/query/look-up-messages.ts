import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { Limiter } from '@ardor/rate-limits/limiter';
import type { FindMessages, MessageState } from '@ardor/store/messages/find-messages';

export interface LookUpMessagesDeps {
  readonly limiter: Pick<Limiter, 'takeQueryBudget'>;
  readonly findMessages: FindMessages;
  readonly onLimiterFailure: (error: unknown) => void;
}

/** What one query found; undefined where there is no such message. */
export type LookupResult = Result<MessageState | undefined>;

/** Answers all queries that arrived meanwhile: one limiter call, one SELECT. `ids` are lower case. One result each, in order. */
export function createLookUpMessages({
  limiter,
  findMessages,
  onLimiterFailure,
}: LookUpMessagesDeps): (ids: readonly string[]) => Promise<LookupResult[]> {
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
async function take(limiter: LookUpMessagesDeps['limiter'], wanted: number, onFailure: (error: unknown) => void) {
  try {
    return await limiter.takeQueryBudget(wanted);
  } catch (error) {
    onFailure(error);
    return undefined;
  }
}
