import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { testKeyring } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { freshNumber, send } from '../../test/requests.js';
import { putTestTemplates } from '../../test/templates.js';

const OTHER = { client_id: 'other', passcode: 'a-passcode' };

/** Everything under the test's prefix goes, as a FLUSHALL would have it. */
async function wipe({ redis: { redis, prefix } }: TestIngress): Promise<void> {
  await redis.del(...(await redis.keys(`${prefix}*`)));
}

// A number's first send is of the demo client in the lane otp. Which sends to it are then refused?
describe.each([
  ['system', { again: 429, otherLane: 429, otherClient: 429 }],
  ['client', { again: 429, otherLane: 429, otherClient: 200 }],
  ['lane', { again: 429, otherLane: 200, otherClient: 200 }],
])('NUMBER_LIMIT_SCOPE=%s', (scope, expected) => {
  it('says whose a slot is, also after Redis has lost everything', async () => {
    const ingress = await startTestIngress({ NUMBER_LIMIT_SCOPE: scope });
    const { database } = ingress.db;
    await putTestTemplates(database);
    await createClient(database, { id: OTHER.client_id, name: 'other', region: 'CN' });
    await addPasscode(database, testKeyring(), OTHER.client_id, OTHER.passcode);
    await grantTemplate(database, OTHER.client_id, DEMO.templateId);
    const statuses = async (phone_number: string) => ({
      again: (await send(ingress, { phone_number })).status,
      otherLane: (await send(ingress, { phone_number, templet_id: 'none', contents: [] })).status,
      otherClient: (await send(ingress, { phone_number, ...OTHER })).status,
    });
    const [known, lost] = [freshNumber(), freshNumber()];
    for (const phone_number of [known, lost]) expect((await send(ingress, { phone_number })).status).toBe(200);
    expect(await statuses(known)).toEqual(expected);
    await wipe(ingress);
    await waitFor(async () => (await send(ingress)).status === 200);
    expect(await statuses(lost)).toEqual(expected);
    await ingress.close();
  });
});
