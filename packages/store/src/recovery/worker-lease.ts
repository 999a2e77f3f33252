import type { Database } from '../sql/database.js';

export interface WorkerLease {
  /** The worker counts as alive for `leaseMs` from now. */
  renew(workerId: string, leaseMs: number): Promise<void>;
  /** The worker stops. Other workers may release its claims at once. */
  release(workerId: string): Promise<void>;
}

/** Rows of dead workers are deleted after this long. By then their claims were released. */
const KEEP_DEAD = '1 hour';

export function createWorkerLease({ sql }: Database): WorkerLease {
  return {
    renew: async (workerId, leaseMs) => {
      await sql`
        INSERT INTO workers (id, alive_until) VALUES (${workerId}::uuid, now() + ${leaseMs}::int * interval '1 millisecond')
        ON CONFLICT (id) DO UPDATE SET alive_until = EXCLUDED.alive_until`;
    },
    release: async (workerId) => {
      await sql`UPDATE workers SET alive_until = now() WHERE id = ${workerId}::uuid`;
      await sql`DELETE FROM workers WHERE alive_until < now() - ${KEEP_DEAD}::interval`;
    },
  };
}
