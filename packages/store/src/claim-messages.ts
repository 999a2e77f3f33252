import type { Payload, Sealer } from '@ardor/domain/sealer';
import type { Lane, OnUnknown } from '@ardor/domain/status';
import type { Database } from './database.js';
import { idRange } from './id-range.js';

export interface ClaimedMessage {
  readonly id: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  /** 1 for the first. */
  readonly attempt: number;
  /** What was left of its validity when it was claimed, in milliseconds. */
  readonly leftMs: number;
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

type Row = Omit<ClaimedMessage, 'payload'> & { readonly payload: Uint8Array | null };

export function createClaimMessages(
  { prisma }: Database,
  sealer: Sealer,
  { leaseMs, workerId }: ClaimOptions,
): ClaimMessages {
  return async (ids, fence) => {
    const { low, high } = idRange(ids);
    // As text, because `status = 'queuing'` lets the planner walk all of messages_due instead of the ids whenever its
    // statistics are from a quiet time: each claim would then read the whole backlog.
    const rows = await prisma.$queryRaw<Row[]>`
      UPDATE messages SET status = 'sending', fence = ${fence}::uuid, worker = ${workerId}::uuid, attempts = attempts + 1,
        due_at = now() + ${leaseMs}::int * interval '1 millisecond'
      WHERE id = ANY(${ids}::uuid[]) AND id BETWEEN ${low}::uuid AND ${high}::uuid
        AND status::text = 'queuing' AND expires_at > now()
      RETURNING id, lane, on_unknown AS "onUnknown", attempts::int AS attempt, payload,
        (extract(epoch FROM expires_at - now()) * 1000)::float8 AS "leftMs"`;
    return rows.map((row) => ({ ...row, payload: open(sealer, row) }));
  };
}

function open(sealer: Sealer, { id, payload }: Row): Payload | undefined {
  try {
    return payload ? sealer.open(id, payload) : undefined;
  } catch {
    // A wrong or rotated key. The settlement says `undecipherable`: one row must not stop its neighbours.
    return undefined;
  }
}
