import type { LogFields } from '@ardor/runtime/observability/log-fields';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CREDENTIALS, query } from '../../test/requests.js';
import { SILENT, startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const LIMIT = 3;
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

let ingress: TestIngress;
const lines: [string, LogFields | undefined][] = [];
beforeAll(async () => {
  ingress = await startTestIngress(
    { FAILED_LOGINS_PER_MINUTE: String(LIMIT), TRUSTED_PROXIES: '127.0.0.0/8, ::1' },
    undefined,
    {
      ...SILENT,
      info: (event, fields) => void lines.push([event, fields]),
      warn: (event, fields) => void lines.push([event, fields]),
    },
  );
});
afterAll(() => ingress.close());
beforeEach(() => {
  lines.length = 0;
});

const from = (address: string, fields: object) =>
  ingress.api
    .post('/api/sms/v1/querysms')
    .set('x-forwarded-for', address)
    .send({ ...CREDENTIALS, sms_uid: UNKNOWN_ID, ...fields });
const reasonOf = (answer: { body: unknown }): string => (answer.body as { reason: string }).reason;
const metrics = async (): Promise<string> => (await ingress.ops.get('/metrics')).text;

describe('log-ins that fail', () => {
  it('get 401 up to the limit of their address, then 429, and the right passcode is taken as before', async () => {
    for (let n = 0; n < LIMIT; n++) {
      const answer = await from('192.0.2.1', n === 0 ? { client_id: 'nobody' } : { passcode: 'wrong' });
      expect([answer.status, reasonOf(answer)]).toEqual([401, 'invalid_passcode']);
    }
    const refused = await from('192.0.2.1', { passcode: 'wrong' });
    expect([refused.status, reasonOf(refused)]).toEqual([429, 'too_many_failed_logins']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(reasonOf(await from('192.0.2.1', {}))).toBe('message_unknown');
    expect(reasonOf(await from('192.0.2.2', { passcode: 'wrong' }))).toBe('invalid_passcode');
  });

  it('are logged with their address, without the passcode and without an unknown id', async () => {
    await from('203.0.113.5', { client_id: 'ARDOR-A-PASSCODE', passcode: 'ARDOR-ANOTHER' });
    await from('203.0.113.6', { passcode: 'ARDOR-ANOTHER' });
    const warned = lines.filter(([event]) => event === 'log-in failed').map(([, fields]) => fields);
    expect(warned).toMatchObject([
      { part: 'api', reason: 'client_unknown', address: '203.0.113.5', client_id: undefined },
      { part: 'api', reason: 'passcode_wrong', address: '203.0.113.6', client_id: CREDENTIALS.client_id },
    ]);
    expect(JSON.stringify(lines)).not.toContain('ARDOR-A');
  });

  it('write no line each beyond the limit', async () => {
    for (let n = 0; n < LIMIT + 5; n++) await from('203.0.113.7', { passcode: 'wrong' });
    expect(lines.filter(([event]) => event === 'request')).toHaveLength(LIMIT);
  });

  it('are counted by part and reason, and by client where there is one', async () => {
    const text = await metrics();
    expect(text).toMatch(/ardor_failed_logins_total\{part="api",reason="client_unknown"\} 2\n/);
    expect(text).toMatch(/ardor_failed_logins_total\{part="api",reason="passcode_wrong"\} \d+\n/);
    expect(text).toContain(`ardor_client_failed_logins_total{client_id="${CREDENTIALS.client_id}"}`);
    expect(text).not.toContain('nobody');
  });
});

describe('without trusted proxies', () => {
  it('the connection’s address counts, whatever X-Forwarded-For says', async () => {
    const direct = await startTestIngress({ FAILED_LOGINS_PER_MINUTE: '1' });
    const wrong = (address: string) => query(direct, UNKNOWN_ID, { passcode: 'wrong' }).set('x-forwarded-for', address);
    expect([reasonOf(await wrong('192.0.2.1')), reasonOf(await wrong('192.0.2.2'))]).toEqual([
      'invalid_passcode',
      'too_many_failed_logins',
    ]);
    await direct.close();
  });
});
