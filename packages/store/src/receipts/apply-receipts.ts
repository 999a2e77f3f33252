import { receiptOutcome, type ReceiptStatus } from '@ardor/domain/message/outcome';
import type { Database } from '../sql/database.js';
import { createFindMessages } from '../messages/find-messages.js';
import { idRange, readIds } from '../sql/ids.js';

export interface Receipt {
  /** The message's id, lower case. */
  readonly id: string;
  readonly status: ReceiptStatus;
  readonly carrierId: string;
  /** The carrier's own code. It is stored and never shown to a client. */
  readonly carrierCode: string | null;
}

/** `applied`: the receipt ended the message. `already_final`: the message had ended. `no_such_message`: it is not stored yet, or never was. */
export type ReceiptResult = 'applied' | 'already_final' | 'no_such_message';

/** Moves messages to the final status of their receipts. A final message stays as it is. One result a receipt, in order. */
export type ApplyReceipts = (receipts: readonly Receipt[]) => Promise<ReceiptResult[]>;

export function createApplyReceipts(database: Database): ApplyReceipts {
  const findMessages = createFindMessages(database);
  return async (receipts) => {
    // The first of two receipts for one message counts, as if they had come in two batches.
    const firsts = new Map(receipts.toReversed().map((one) => [one.id, one]));
    // Sorted by id, as settlements are: two statements that lock the same rows in one order cannot deadlock.
    const ordered = [...firsts.values()].toSorted((left, right) => (left.id < right.id ? -1 : 1));
    const applied = await moveForward(database, ordered);
    const rest = receipts.map(({ id }) => id).filter((id) => !applied.has(id));
    const known = rest.length > 0 ? await findMessages(rest) : new Map<string, unknown>();
    return receipts.map(({ id }) =>
      applied.has(id) ? 'applied' : known.has(id) ? 'already_final' : 'no_such_message',
    );
  };
}

/** `receipts` must have each message once. */
async function moveForward({ sql }: Database, receipts: readonly Receipt[]): Promise<ReadonlySet<string>> {
  const ids = receipts.map(({ id }) => id);
  const { low, high } = idRange(ids);
  const byId = JSON.stringify(
    Object.fromEntries(
      receipts.map(({ id, carrierId, carrierCode, status: reported }) => {
        const outcome = receiptOutcome(reported);
        const reason = outcome.status === 'error' ? outcome.reason : null;
        return [id, { status: outcome.status, reason, carrierId, carrierCode }];
      }),
    ),
  );
  // Each row looks its values up, for the reason given in settle-messages.ts. An erased row has an empty MAC, and gets no
  // carrier id again.
  const rows = await sql<{ ids: string | null }>`
    WITH moved AS (
      UPDATE messages m SET
        (status, reason, carrier_id, carrier_code) = (
          SELECT r.status, r.reason, CASE WHEN m.phone_mac <> '' THEN coalesce(m.carrier_id, r."carrierId") END,
            CASE WHEN m.phone_mac <> '' THEN r."carrierCode" END
          FROM jsonb_to_record(${byId}::jsonb -> m.id::text)
            AS r (status message_status, reason text, "carrierId" text, "carrierCode" text)
        ),
        sent_at = coalesce(m.sent_at, now()),
        final_at = now(),
        fence = NULL,
        payload = NULL
      WHERE m.id = ANY(${ids}::uuid[]) AND m.id BETWEEN ${low}::uuid AND ${high}::uuid
        AND m.status NOT IN ('delivered', 'error')
      RETURNING m.id
    )
    SELECT string_agg(id::text, ',') AS ids FROM moved`;
  return readIds(rows);
}
