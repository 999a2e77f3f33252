import type { Sealer } from '@ardor/domain/sealer';
import type { Lane, OnUnknown } from '@ardor/domain/status';
import type { Database } from './database.js';

export interface NewMessage {
  /** UUIDv7. */
  readonly id: string;
  readonly clientId: string;
  readonly templateId: string;
  readonly lane: Lane;
  readonly onUnknown: OnUnknown;
  readonly validitySeconds: number;
  /** The job that will carry it: the id of its chunk's first message. */
  readonly chunkId: string;
  /** E.164. */
  readonly to: string;
  /** The rendered text. */
  readonly text: string;
  readonly phoneMac: Uint8Array;
}

/**
 * Stores messages in one statement, all or none; the number and the text are sealed before they leave this process.
 * False, and nothing stored, when the limiter's epoch in which they were granted has ended.
 */
export type InsertMessages = (messages: readonly NewMessage[], epoch: string) => Promise<boolean>;

export interface InsertOptions {
  /** Recovery looks at a message that is still queuing after this long, in milliseconds. */
  readonly strayAfterMs: number;
}

export function createInsertMessages(
  { prisma }: Database,
  sealer: Sealer,
  { strayAfterMs }: InsertOptions,
): InsertMessages {
  return async (messages, epoch) => {
    const column = <T>(pick: (message: NewMessage) => T): T[] => messages.map(pick);
    // bytea[] takes twice as long as text[] to encode in the driver, hence base64.
    const payloads = column(({ id, to, text }) => sealer.seal(id, { to, text }).toString('base64'));
    const macs = column(({ phoneMac }) => Buffer.from(phoneMac).toString('base64'));
    const stored = await prisma.$executeRaw`
      INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, phone_mac, payload)
      SELECT id, client_id, template_id, lane::lane, 'queuing', on_unknown::on_unknown, chunk_id,
        now() + validity * interval '1 second',
        now() + least(validity * interval '1 second', ${strayAfterMs}::int * interval '1 millisecond'),
        decode(phone_mac, 'base64'), decode(payload, 'base64')
      FROM unnest(
        ${column((message) => message.id)}::uuid[], ${column((message) => message.clientId)}::text[],
        ${column((message) => message.templateId)}::text[], ${column((message) => message.lane)}::text[],
        ${column((message) => message.onUnknown)}::text[], ${column((message) => message.chunkId)}::uuid[],
        ${column((message) => message.validitySeconds)}::int[], ${macs}::text[], ${payloads}::text[]
      ) AS new (id, client_id, template_id, lane, on_unknown, chunk_id, validity, phone_mac, payload)
      WHERE (SELECT ardor_limiter_epoch()) = ${epoch}`;
    return stored > 0;
  };
}
