import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { retryAfterSeconds } from '@ardor/domain/errors/retry-after';
import type { ClientQuota } from '@ardor/rate-limits/client-quota';
import { CLIENT_SLICE_MS, WINDOW_BUCKET_MS, type Limiter } from '@ardor/rate-limits/limiter';
import type { QueryGrant } from '@ardor/rate-limits/take-queries';
import type { FindMessages, MessageState } from '@ardor/store/messages/find-messages';
import type { LimitAlerts } from '../limits/limit-alerts.js';

export interface QueryMessagesDeps {
  readonly limiter: Pick<Limiter, 'takeQueries'>;
  readonly findMessages: FindMessages;
  readonly alerts: Pick<LimitAlerts, 'refusedQueries'>;
  readonly onLimiterFailure: (error: unknown) => void;
}

export interface MessageQuery {
  /** Lower case. */
  readonly id: string;
  /** Of the client that asks. */
  readonly quota: ClientQuota;
}

/** What one query found; undefined where there is no such message. */
export type QueryResult = Result<MessageState | undefined>;

/** Answers one batch of queries: one limiter call, one SELECT. One result each, in order. */
export function createQueryMessages(
  deps: QueryMessagesDeps,
): (queries: readonly MessageQuery[]) => Promise<QueryResult[]> {
  return async (queries) => {
    const refusals = await refuseBeyondLimits(deps, queries);
    if (!refusals) return queries.map(() => refused(refuse('limiter_unavailable', { retryAfterSeconds: 1 })));
    const granted = queries.flatMap(({ id }, index) => (refusals[index] ? [] : [id]));
    const states = granted.length > 0 ? await deps.findMessages(granted) : new Map<string, MessageState>();
    return queries.map(({ id }, index) => {
      const refusal = refusals[index];
      return refusal ? refused(refusal) : ok(states.get(id));
    });
  };
}

/** Why each query may not go on; undefined where it may. Fails closed: undefined as a whole while the limiter cannot answer. */
async function refuseBeyondLimits(
  { limiter, alerts, onLimiterFailure }: QueryMessagesDeps,
  queries: readonly MessageQuery[],
): Promise<(Refusal | undefined)[] | undefined> {
  const counts = new Map<string, { readonly quota: ClientQuota; count: number }>();
  const places = queries.map(({ quota }) => {
    const client = counts.get(quota.clientId);
    if (client) return client.count++;
    counts.set(quota.clientId, { quota, count: 1 });
    return 0;
  });
  const wanted = [...counts.values()];
  let grants: readonly QueryGrant[];
  try {
    grants = await limiter.takeQueries(wanted);
  } catch (error) {
    onLimiterFailure(error);
    return undefined;
  }
  wanted.forEach(({ quota, count }, n) => {
    const { granted = 0, allowed = 0 } = grants[n] ?? {};
    alerts.refusedQueries('query_rate_limited', quota, allowed - granted);
    alerts.refusedQueries('client_query_rate_limited', quota, count - allowed);
  });
  const refusalsOf = new Map(wanted.map(({ quota }, n) => [quota.clientId, toRefusals(grants[n], quota)]));
  return queries.map(({ quota }, index) => refusalsOf.get(quota.clientId)?.(places[index] ?? 0));
}

/** The refusal of a client's n-th query in this batch, from 0. */
function toRefusals(grant: QueryGrant | undefined, quota: ClientQuota): (place: number) => Refusal | undefined {
  if (!grant) throw new RangeError('the limiter gave no grant for a client');
  const { granted, allowed, clientRetryAfterMs, systemRetryAfterMs } = grant;
  const bySystem = refuse('query_rate_limited', {
    retryAfterSeconds: retryAfterSeconds(systemRetryAfterMs - WINDOW_BUCKET_MS),
  });
  const byClient = refuse('client_query_rate_limited', {
    retryAfterSeconds: retryAfterSeconds(clientRetryAfterMs - CLIENT_SLICE_MS),
    rateLimit: { name: 'queries-per-second', quota: quota.queriesPerSecond ?? 0, windowSeconds: 1 },
  });
  return (place) => {
    if (place < granted) return undefined;
    return place < allowed ? bySystem : byClient;
  };
}
