import { DEMO } from '@ardor/domain/message/demo';
import { ANY_COUNTRY } from '@ardor/domain/phone/destinations';
import type { Keyring } from '@ardor/crypto/keyring';
import { setClientDestinations } from '@ardor/store/clients/client-destinations';
import { setClientQuota } from '@ardor/store/clients/quota-limits';
import { createClient, listClients } from '@ardor/store/clients/manage-clients';
import { putDemoMessage } from '@ardor/store/messages/demo-message';
import { addPasscode, hasPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import type { Database } from '@ardor/store/sql/database';

/** After this time a code is of no use to its receiver. */
const DEMO_VALIDITY_SECONDS = 120;

/** The demo shows what the system can do. */
const UNBOUNDED = {
  sendsPerSecond: 'none',
  sendsPerDay: 'none',
  queriesPerSecond: 'none',
  countryCapFloor: 'none',
} as const;

/** Creates the API text's client, template and message. Repeating it is harmless. Never in production: the passcode is published. */
export async function seed(database: Database, keyring: Keyring): Promise<void> {
  const client = { id: DEMO.clientId, name: 'Demo client', region: DEMO.region };
  const clients = await listClients(database);
  if (!clients.some(({ id }) => id === client.id)) await createClient(database, client);
  await setClientQuota(database, client.id, UNBOUNDED);
  await setClientDestinations(database, client.id, { countries: [ANY_COUNTRY] });
  if (!(await hasPasscode(database, keyring, client.id, DEMO.passcode))) {
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
