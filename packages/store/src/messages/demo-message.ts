import { DEMO } from '@ardor/domain/message/demo';
import type { Database } from '../sql/database.js';

/**
 * Stores the delivered message of the API text's `querysms` example. Its id is a UUIDv4, whose first digits read as a day
 * of the year 4933. The partition of that day is never dropped. Needs the rights of the owner of `messages`.
 */
export async function putDemoMessage({ sql }: Database): Promise<void> {
  await sql`SELECT ardor_create_partition(ardor_uuid_day(${DEMO.messageId}::uuid))`;
  await sql`
    INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, final_at, phone_mac)
    VALUES (${DEMO.messageId}::uuid, ${DEMO.clientId}, ${DEMO.templateId}, 'otp', 'delivered', 'wait', ${DEMO.messageId}::uuid,
      now(), now(), now(), ''::bytea)
    ON CONFLICT DO NOTHING`;
}
