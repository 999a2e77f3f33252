import type { Sealer } from '@ardor/crypto/sealer';
import { arrayLiteral } from '../sql/array-literal.js';
import type { Database } from '../sql/database.js';
import type { NewMessage } from './new-message.js';
import { packMessages } from './pack-messages.js';

/**
 * Stores messages in one statement, all or none; the number and the text are sealed before they leave this process.
 * False, and nothing stored, when the limiter's epoch in which they were granted has ended.
 */
export type InsertMessages = (messages: readonly NewMessage[], epoch: string) => Promise<boolean>;

export interface InsertOptions {
  /** Recovery looks at a message that is still queuing after this long, in milliseconds. */
  readonly requeueAfterMs: number;
}

export function createInsertMessages(
  { sql }: Database,
  sealer: Sealer,
  { requeueAfterMs }: InsertOptions,
): InsertMessages {
  return async (messages, epoch) => {
    const { kinds, chunks, bytes, ...rows } = packMessages(messages, sealer);
    const kind = (pick: (one: NewMessage) => string | number): string => arrayLiteral(kinds.map(pick));
    const [stored] = await sql<{ count: number }>`
      WITH stored AS (INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac, payload)
      SELECT id, (${kind((one) => one.clientId)}::text[])[kind], (${kind((one) => one.templateId)}::text[])[kind],
        (${kind((one) => one.lane)}::lane[])[kind], 'queuing', (${kind((one) => one.onUnknown)}::on_unknown[])[kind],
        (${arrayLiteral(chunks)}::uuid[])[chunk], now() + validity,
        now() + least(validity, ${requeueAfterMs}::int * interval '1 millisecond'), phone_mac, payload
      FROM (
        SELECT id, kind, chunk, (${kind((one) => one.validitySeconds)}::int[])[kind] * interval '1 second' AS validity,
          substr(bytes, start, 16) AS phone_mac, substr(bytes, start + 16, size - 16) AS payload
        FROM unnest(${arrayLiteral(rows.ids)}::uuid[], ${arrayLiteral(rows.kindOf)}::int[], ${arrayLiteral(rows.chunkOf)}::int[],
            ${arrayLiteral(rows.starts)}::int[], ${arrayLiteral(rows.sizes)}::int[]) AS packed (id, kind, chunk, start, size),
          (SELECT ${bytes}::bytea AS bytes) AS all_bytes
      ) AS new
      WHERE (SELECT ardor_limiter_epoch()) = ${epoch}
      RETURNING 1) SELECT count(*)::int AS count FROM stored`;
    return (stored?.count ?? 0) > 0;
  };
}
