import { DEMO } from '@ardor/domain/message/demo';
import type { Database } from '../sql/database.js';

/** The delivered message that the API text's `querysms` sample asks for. Its id is no UUIDv7, so it lies in the default partition. */
export async function putDemoMessage({ sql }: Database): Promise<void> {
  await sql`
    INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, expires_at, due_at, final_at, phone_mac)
    VALUES (${DEMO.messageId}::uuid, ${DEMO.clientId}, ${DEMO.templateId}, 'otp', 'delivered', 'wait', ${DEMO.messageId}::uuid,
      now(), now(), now(), ''::bytea)
    ON CONFLICT DO NOTHING`;
}
