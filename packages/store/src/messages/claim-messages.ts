import type { Payload, Sealer } from '@ardor/crypto/sealer';
import type { Lane, OnUnknown } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

export interface ClaimedMessage {
  readonly id: string;
  readonly clientId: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The rest of its validity at the time of the claim, in milliseconds. */
  readonly remainingMs: number;
  /** Number and text. Undefined when the configured keys cannot open the row. */
  readonly payload: Payload | undefined;
}

/**
 * Claims those of the messages that are queuing and have not expired, under `fence`, a new UUID. A deferred message is
 * claimed when it is due, by the database's clock: a consumer whose clock is ahead gets its job too early. Only the returned
 * messages may be sent, and only the owner of the fence may settle them.
 */
export type ClaimMessages = (ids: readonly string[], fence: string) => Promise<ClaimedMessage[]>;

export interface ClaimOptions {
  /** After this time recovery may release the claim, in milliseconds. */
  readonly leaseMs: number;
  /** The worker's UUID, which `WorkerLease` renews. */
  readonly workerId: string;
}

/** A claimed message without its payload, as PostgreSQL writes it in JSON. */
type ClaimRow = readonly [
  id: string,
  lane: Lane,
  onUnknown: OnUnknown,
  attempt: number,
  remainingMs: number,
  size: number,
  clientId: string,
];

export function createClaimMessages(
  { sql }: Database,
  sealer: Sealer,
  { leaseMs, workerId }: ClaimOptions,
): ClaimMessages {
  return async (ids, fence) => {
    const { low, high } = idRange(ids);
    // `status::text` hides the partial index messages_due from the planner. With statistics from a quiet time it would
    // prefer that index to the ids, and each claim would read the whole backlog.
    // The result is one row, because the driver takes longer for a hundred rows than the server for the statement.
    const [row] = await sql<{ claims: ClaimRow[] | null; bytes: Uint8Array | null }>`
      WITH claimed AS (
        UPDATE messages SET status = 'sending', fence = ${fence}::uuid, worker = ${workerId}::uuid, attempts = attempts + 1,
          due_at = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE id = ANY(${ids}::uuid[]) AND id BETWEEN ${low}::uuid AND ${high}::uuid
          AND status::text = 'queuing' AND expires_at > now()
          AND (attempts = 0 OR due_at <= now() + interval '100 milliseconds')
        RETURNING id, lane, on_unknown, attempts, coalesce(payload, '') AS payload,
          (extract(epoch FROM expires_at - now()) * 1000)::float8 AS left_ms, client_id
      )
      SELECT json_agg(json_build_array(id, lane, on_unknown, attempts, left_ms, octet_length(payload), client_id)) AS claims,
        string_agg(payload, '') AS bytes
      FROM claimed`;
    return row?.claims && row.bytes ? readClaimed(row.claims, row.bytes, sealer) : [];
  };
}

function readClaimed(rows: readonly ClaimRow[], bytes: Uint8Array, sealer: Sealer): ClaimedMessage[] {
  let end = 0;
  return rows.map(([id, lane, onUnknown, attempt, remainingMs, size, clientId]) => {
    const sealed = bytes.subarray(end, (end += size));
    return { id, clientId, lane, onUnknown, attempt, remainingMs, payload: open(sealer, id, sealed) };
  });
}

function open(sealer: Sealer, id: string, sealed: Uint8Array): Payload | undefined {
  try {
    return sealer.open(id, sealed);
  } catch {
    // Another key, or a damaged row. This message waits as `undecipherable`; the others of its chunk go on.
    return undefined;
  }
}
