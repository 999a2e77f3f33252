import { createRequire } from 'node:module';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';
import { grantTemplate } from '@ardor/store/templates/manage-templates';
import { DEMO } from '@ardor/domain/message/demo';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/mobile';
import { query, send, type ApiResponse } from '@ardor/testkit/api';
import { waitFor } from '@ardor/runtime/wait-for';
import { testKeyring } from '@ardor/testkit/fixtures';
import { startStack, type Stack } from './stack.js';

const EXAMPLES = createRequire(import.meta.url)('libphonenumber-js/examples.mobile.json') as Record<string, string>;
const REGIONS = Object.keys(EXAMPLES) as CountryCode[];
const PASSCODE = 'a-passcode-for-every-country';

let stack: Stack;
beforeAll(async () => {
  // Each number is sent to twice, once in each form; the second send waits for one second only.
  stack = await startStack({ env: { NUMBER_LIMIT_SECONDS: '1', QUERY_LIMIT_PER_SECOND: '100000', LOG_LEVEL: 'warn' } });
  for (const region of REGIONS) {
    await createClient(stack.db.database, { id: region, name: region, region });
    await addPasscode(stack.db.database, testKeyring(), region, PASSCODE);
    await grantTemplate(stack.db.database, region, DEMO.templateId);
  }
});
afterAll(() => stack.close());

it(`takes the mobile example of all ${REGIONS.length} countries, in E.164 and in national form`, async () => {
  const api = stack.apis[0] ?? '';
  const failures: string[] = [];
  await Promise.all(
    REGIONS.map(async (region) => {
      const number = parsePhoneNumberFromString(EXAMPLES[region] ?? '', region);
      for (const form of [number?.number ?? '', number?.formatNational() ?? '']) {
        const client = { client_id: region, passcode: PASSCODE };
        const accepted = await waitFor<ApiResponse>(async () => {
          const response = await send(api, form, client);
          return response.status !== 429 && response;
        });
        const smsUid = accepted.body['sms_uid'] ?? '';
        const delivered = async (): Promise<boolean> =>
          (await query(api, smsUid, client)).body['status'] === 'delivered';
        await waitFor(delivered).catch(() => failures.push(`${region} ${form}: ${JSON.stringify(accepted.body)}`));
      }
    }),
  );
  expect(failures).toEqual([]);
}, 120_000);
