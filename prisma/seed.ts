import { DEMO } from '@ardor/domain/message/demo';
import type { Keyring } from '@ardor/crypto/keyring';
import { macsEqual } from '@ardor/crypto/keyring';
import { createClient } from '@ardor/store/clients/manage-clients';
import { putDemoMessage } from '@ardor/store/messages/demo-message';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import type { Database } from '@ardor/store/sql/database';
import { createFindClient } from '@ardor/store/clients/find-client';

/** After this time a code is of no use to its receiver. */
const DEMO_VALIDITY_SECONDS = 120;

/** Creates the API text's client, template and message. Repeating it is harmless. Never in production: the passcode is published. */
export async function seed(database: Database, keyring: Keyring): Promise<void> {
  const findClient = createFindClient(database);
  const client = { id: DEMO.clientId, name: 'Demo client', region: DEMO.region };
  if (!(await findClient(client.id))) await createClient(database, client);
  const mac = keyring.passcodeMac(client.id, DEMO.passcode);
  const record = await findClient(client.id);
  if (!record?.passcodeMacs.some((known) => macsEqual(known, mac))) {
    await addPasscode(database, keyring, client.id, DEMO.passcode);
  }
  await putTemplate(database, {
    id: DEMO.templateId,
    body: DEMO.templateBody,
    lane: 'otp',
    validitySeconds: DEMO_VALIDITY_SECONDS,
    onUnknown: 'wait',
  });
  await grantTemplate(database, client.id, DEMO.templateId);
  await putDemoMessage(database);
}
