import { DEMO } from '@ardor/domain/message/demo';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Pool } from 'undici';
import { portOf } from '../test/raw-http.js';
import { CREDENTIALS } from '../test/requests.js';
import { startTestIngress, type TestIngress } from '../test/create-test-ingress.js';

/** Bodies that are tried, in all. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 20_000);
const AT_ONCE = 50;

let ingress: TestIngress;
let pool: Pool;
beforeAll(async () => {
  ingress = await startTestIngress({ CLIENT_CACHE_MS: '5000' });
  pool = new Pool(`http://127.0.0.1:${portOf(ingress.apiServer)}`, {
    connections: AT_ONCE,
  });
});
afterAll(async () => {
  await pool.close();
  await ingress.close();
});

const POLLUTION = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON'];
const key = fc.oneof(
  fc.constantFrom(...POLLUTION, 'p1', 'p2', 'code', 'client_id', 'passcode'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '13800138000',
    '\u0000',
    '\ud800',
    '${code}',
    '550e8400-e29b-41d4-a716-446655440000',
    '[{"p1":"1"}]',
    '{"__proto__":{"p1":"1"}}',
  ),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map(toObject),
  ),
}));

/** Own properties also for `__proto__`, as JSON.parse makes them. */
function toObject(entries: readonly (readonly [string, unknown])[]): unknown {
  return JSON.parse(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  ) as unknown;
}

const field = (usual: unknown) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: json });
/** Right in nine of ten, so that what is behind the credentials is reached. */
const mostly = (usual: string) => fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(usual) }, json);
const credentials = { client_id: mostly(CREDENTIALS.client_id), passcode: mostly(CREDENTIALS.passcode) };
/** Fields more, of one request in four. */
const extras = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(fc.tuple(key, json), { maxLength: 1 }));
const message = fc
  .tuple(
    fc.record(
      { phone_number: field('13800138000'), templet_id: field('t1'), contents: field([{ p1: '8888' }]) },
      { requiredKeys: [] },
    ),
    fc.array(fc.tuple(key, json), { maxLength: 1 }),
  )
  .map(([body, extra]) => JSON.parse(merge(body, extra)) as unknown);
const list = (item: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 4 }) }, json);
const request = fc.oneof(
  fc.tuple(
    fc.constant('/api/sms/v1/sendsms/batch'),
    fc.record({ ...credentials, messages: list(fc.oneof({ weight: 3, arbitrary: message }, json)) }),
    extras,
  ),
  fc.tuple(
    fc.constant('/api/sms/v1/querysms/batch'),
    fc.record({ ...credentials, sms_uids: list(field(DEMO.messageId)) }),
    extras,
  ),
  fc.tuple(
    fc.constantFrom('/api/sms/v1/sendsms', '/api/sms/v1/querysms'),
    fc.record(
      {
        client_id: field(CREDENTIALS.client_id),
        passcode: field(CREDENTIALS.passcode),
        phone_number: field('13800138000'),
        templet_id: field('t1'),
        contents: field([{ p1: '8888' }]),
        sms_uid: field(DEMO.messageId),
      },
      { requiredKeys: [] },
    ),
    fc.array(fc.tuple(key, json), { maxLength: 2 }),
  ),
  fc.tuple(fc.constantFrom('/api/sms/v1/sendsms', '/api/sms/v1/sendsms/batch'), json, fc.constant([])),
);

describe('random JSON', () => {
  it('is never answered by a 5xx, and every refusal has its word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (requests) => {
        const answers = await Promise.all(requests.map(([path, body, extra]) => post(path, merge(body, extra))));
        for (const { status, body } of answers) {
          const { reason } = body;
          // One object, so that a failure shows the reason beside the status.
          if (status >= 500) expect({ status, reason }).toBe('no 5xx');
          expect([200, 400, 401, 403, 404, 413, 429]).toContain(status);
          if (status !== 200) expect(reason).toMatch(/^[a-z_]+$/);
          for (const result of (body['results'] ?? []) as { error_code: string }[])
            expect(['0', '400', '403', '404', '429']).toContain(result.error_code);
        }
      }),
      { numRuns: Math.ceil(RUNS / AT_ONCE), endOnFailure: true },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await ingress.ops.get('/healthz')).status).toBe(200);
  }, 300_000);
});

function merge(body: unknown, extra: readonly (readonly [string, unknown])[]): string {
  const text = JSON.stringify(body);
  if (extra.length === 0 || typeof body !== 'object' || body === null || Array.isArray(body)) return text;
  const more = JSON.stringify(toObject(extra)).slice(1, -1);
  return text === '{}' ? `{${more}}` : `${text.slice(0, -1)},${more}}`;
}

async function post(path: string, body: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await pool.request({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body });
  return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
}
