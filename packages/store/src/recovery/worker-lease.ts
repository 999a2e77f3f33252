import type { Database } from '../sql/database.js';

export interface WorkerLease {
  /** Says that the worker lives for `leaseMs` from now. */
  renew(workerId: string, leaseMs: number): Promise<void>;
  /** The worker ends in order: what it still holds may be taken back at once. */
  release(workerId: string): Promise<void>;
}

/** Dead workers are forgotten after this long; by then nothing is held by them. */
const FORGET = '1 hour';

export function createWorkerLease({ sql }: Database): WorkerLease {
  return {
    renew: async (workerId, leaseMs) => {
      await sql`
        INSERT INTO workers (id, alive_until) VALUES (${workerId}::uuid, now() + ${leaseMs}::int * interval '1 millisecond')
        ON CONFLICT (id) DO UPDATE SET alive_until = EXCLUDED.alive_until`;
    },
    release: async (workerId) => {
      await sql`UPDATE workers SET alive_until = now() WHERE id = ${workerId}::uuid`;
      await sql`DELETE FROM workers WHERE alive_until < now() - ${FORGET}::interval`;
    },
  };
}
