import type { ClientQuota } from './client-quota.js';
import type { RunScript } from './run-script.js';

/** The queries of one client in a call; a client stands once. */
export interface QueriesWanted {
  readonly quota: ClientQuota;
  readonly count: number;
}

export interface QueryGrant {
  /** The first so many of the client's queries may go on. */
  readonly granted: number;
  /** Its own limit would let so many go on; between `granted` and this the system refuses. */
  readonly allowed: number;
  /** When the client's own limit has room again; 0 when it refuses nothing. */
  readonly clientRetryAfterMs: number;
  /** The same for the system's limit. */
  readonly systemRetryAfterMs: number;
}

/** One round trip: see `lua/take-queries.lua`. Returns one grant for each client, in order. */
export async function takeQueries(
  run: RunScript,
  keys: readonly string[],
  queriesPerSecond: number,
  wanted: readonly QueriesWanted[],
): Promise<readonly QueryGrant[]> {
  const clients = wanted.flatMap(({ quota, count }) => [quota.clientId, quota.queriesPerSecond ?? '', count]);
  const [systemRetryAfterMs = 0, ...reply] = (await run('take-queries', keys, () => [
    queriesPerSecond,
    ...clients,
  ])) as number[];
  return wanted.map((_, index) => {
    const [granted = 0, allowed = 0, clientRetryAfterMs = 0] = reply.slice(index * 3, index * 3 + 3);
    return { granted, allowed, clientRetryAfterMs, systemRetryAfterMs };
  });
}
