import type { Payload, Sealer } from '@ardor/crypto/sealer';
import type { Lane, OnUnknown } from '@ardor/domain/message/status';
import type { Database } from '../sql/database.js';
import { idRange } from '../sql/ids.js';

export interface ClaimedMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  /** 1 for the first. */
  readonly attempt: number;
  /** What was left of its validity when it was claimed, in milliseconds. */
  readonly remainingMs: number;
  /** What the carrier gets; undefined when the row cannot be opened with the configured keys. */
  readonly payload: Payload | undefined;
}

/**
 * Takes the messages that wait and have not expired, under `fence` (a fresh UUID). Only what it returns may reach a
 * carrier, and only the holder of the fence may settle it.
 */
export type ClaimMessages = (ids: readonly string[], fence: string) => Promise<ClaimedMessage[]>;

export interface ClaimOptions {
  /** A claim that is not settled by then is recovery's, in milliseconds. */
  readonly leaseMs: number;
  /** Who claims: a UUID that `keepAlive` keeps alive. */
  readonly workerId: string;
}

/** What is told of a claimed message beside its sealed bytes, as PostgreSQL's JSON writes it. */
type ClaimRow = readonly [
  id: string,
  lane: Lane,
  onUnknown: OnUnknown,
  attempt: number,
  remainingMs: number,
  size: number,
];

export function createClaimMessages(
  { sql }: Database,
  sealer: Sealer,
  { leaseMs, workerId }: ClaimOptions,
): ClaimMessages {
  return async (ids, fence) => {
    const { low, high } = idRange(ids);
    // As text, because `status = 'queuing'` lets the planner walk all of messages_due instead of the ids whenever its
    // statistics are from a quiet time: each claim would then read the whole backlog. And as one row, because the client
    // takes longer for a hundred than the statement does.
    const [row] = await sql<{ told: ClaimRow[] | null; bytes: Uint8Array | null }>`
      WITH claimed AS (
        UPDATE messages SET status = 'sending', fence = ${fence}::uuid, worker = ${workerId}::uuid, attempts = attempts + 1,
          due_at = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE id = ANY(${ids}::uuid[]) AND id BETWEEN ${low}::uuid AND ${high}::uuid
          AND status::text = 'queuing' AND expires_at > now()
        RETURNING id, lane, on_unknown, attempts, coalesce(payload, '') AS payload,
          (extract(epoch FROM expires_at - now()) * 1000)::float8 AS left_ms
      )
      SELECT json_agg(json_build_array(id, lane, on_unknown, attempts, left_ms, octet_length(payload))) AS told,
        string_agg(payload, '') AS bytes
      FROM claimed`;
    return row?.told && row.bytes ? readClaimed(row.told, row.bytes, sealer) : [];
  };
}

function readClaimed(told: readonly ClaimRow[], bytes: Uint8Array, sealer: Sealer): ClaimedMessage[] {
  let end = 0;
  return told.map(([id, lane, onUnknown, attempt, remainingMs, size]) => {
    const sealed = bytes.subarray(end, (end += size));
    return { id, lane, onUnknown, attempt, remainingMs, payload: open(sealer, id, sealed) };
  });
}

function open(sealer: Sealer, id: string, sealed: Uint8Array): Payload | undefined {
  try {
    return sealer.open(id, sealed);
  } catch {
    // A wrong or rotated key. The settlement says `undecipherable`: one row must not stop its neighbours.
    return undefined;
  }
}
