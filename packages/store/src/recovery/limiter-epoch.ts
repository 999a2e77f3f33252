import type { Database } from '../sql/database.js';

/** What an ingress tells about itself when it begins an epoch. */
export interface EpochOwner {
  /** The run id of its limiter's Redis. */
  readonly redisRunId: string;
  /** host:port of that Redis. */
  readonly redisHost: string;
  /** The Redis key that marks the slots as complete: it names the prefix, the format of the slots and their scope. */
  readonly mark: string;
  /** The ingress. */
  readonly begunBy: string;
}

export interface CurrentEpoch {
  readonly epoch: string;
  /** Undefined when a version began it that does not say who it is, or nobody did. */
  readonly owner: EpochOwner | undefined;
  /** For how long no ingress has said that it uses the epoch, in milliseconds. Infinity when none ever did. */
  readonly unusedMs: number;
}

export interface LimiterEpochs {
  current(): Promise<CurrentEpoch>;
  /**
   * Begins an epoch in place of `expected`. When it resolves, every send that was granted in an earlier epoch is stored or
   * will never be, so the recent sends are complete from now on. False when `expected` has ended meanwhile.
   */
  begin(epoch: string, owner: EpochOwner, expected: string): Promise<boolean>;
  /** Says that an ingress uses the epoch. False when the epoch has ended. */
  use(epoch: string): Promise<boolean>;
}

type CurrentRow = Omit<CurrentEpoch, 'owner' | 'unusedMs'> & {
  readonly [Field in keyof EpochOwner]: string | null;
} & { readonly unusedMs: number | null };

export function createLimiterEpochs({ sql }: Database): LimiterEpochs {
  return {
    current: async () => {
      // The absolute value: after the database's clock was set back, an epoch would else count as used for long.
      const [row] = await sql<CurrentRow>`
        SELECT e.epoch, e.redis_run_id AS "redisRunId", e.redis_host AS "redisHost", e.mark, e.begun_by AS "begunBy",
          CASE WHEN u.epoch = e.epoch THEN abs(extract(epoch FROM clock_timestamp() - u.used_at) * 1000)::float8 END AS "unusedMs"
        FROM limiter_epoch e, limiter_epoch_use u`;
      if (!row) throw new Error('the table limiter_epoch or limiter_epoch_use is empty');
      const { epoch, redisRunId, redisHost, mark, begunBy, unusedMs } = row;
      const owner =
        redisRunId === null || redisHost === null || mark === null || begunBy === null
          ? undefined
          : { redisRunId, redisHost, mark, begunBy };
      return { epoch, owner, unusedMs: unusedMs ?? Infinity };
    },
    begin: async (epoch, { redisRunId, redisHost, mark, begunBy }, expected) => {
      const [row] = await sql<{ begun: boolean }>`
        SELECT ardor_begin_limiter_epoch(${epoch}, ${expected}, ${redisRunId}, ${redisHost}, ${mark}, ${begunBy}) AS begun`;
      return row?.begun ?? false;
    },
    use: async (epoch) => {
      // All copies say it, and a write a second is enough.
      const [row] = await sql<{ lasts: boolean }>`
        WITH written AS (
          UPDATE limiter_epoch_use SET epoch = ${epoch}, used_at = clock_timestamp()
          WHERE EXISTS (SELECT FROM limiter_epoch e WHERE e.epoch = ${epoch})
            AND (epoch <> ${epoch} OR abs(extract(epoch FROM clock_timestamp() - used_at)) > 0.5)
        )
        SELECT EXISTS (SELECT FROM limiter_epoch e WHERE e.epoch = ${epoch}) AS lasts`;
      return row?.lasts ?? false;
    },
  };
}
