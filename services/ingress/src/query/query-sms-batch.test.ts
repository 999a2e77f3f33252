import { DEMO } from '@ardor/domain/message/demo';
import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { startTcpProxy, type TcpProxy } from '@ardor/testkit/tcp-proxy';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { query, queryBatch, resultsOf, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const LIMIT = 1_100;
const UNKNOWN = '01900000-0000-7000-8000-000000000000';

let limiter: TcpProxy;
let ingress: TestIngress;
beforeAll(async () => {
  const target = new URL(redisUrl());
  limiter = await startTcpProxy({ host: target.hostname, port: Number(target.port) });
  ingress = await startTestIngress({
    ...{ QUERY_LIMIT_PER_SECOND: String(LIMIT), CLIENT_CACHE_MS: '5000' },
    ...{ LIMITER_REDIS_URL: `redis://127.0.0.1:${limiter.port}`, LIMITER_TIMEOUT_MS: '200' },
  });
});
afterAll(async () => {
  await ingress.close();
  await limiter.close();
});

const accepted = async (): Promise<string> => ((await send(ingress)).body as { sms_uid: string }).sms_uid;
const refused = (status: string, reason: string) => ({
  ...{ sms_uid: '', status: 'error', error_code: status, reason, message: expect.any(String) },
});
const DELIVERED = { sms_uid: DEMO.messageId, status: 'delivered', error_code: '0' };
const demo = (count: number): string[] => Array<string>(count).fill(DEMO.messageId);
const statusOf = async (ids: unknown, fields = {}): Promise<number> => (await queryBatch(ingress, ids, fields)).status;

// Each test has the whole second's queries: those of the one before count for a second at most.
beforeEach(() =>
  waitFor(async () => {
    const window = `${ingress.redis.prefix}:limit:queries`;
    return (await ingress.redis.redis.pttl(window)) < 5_000 - 1_100;
  }),
);

describe('a batch of queries', () => {
  it('gives one result for each id, in order: known, bad, unknown, foreign, again and in capitals', async () => {
    const [own, foreign] = [await accepted(), await accepted()];
    await ingress.db.query(`UPDATE messages SET client_id = 'other' WHERE id = $1`, [foreign]);
    const bad = ['', 'x', 7, null, {}, [own], `{${own}}`, own.replaceAll('-', '')];
    const answer = await queryBatch(ingress, [DEMO.messageId, ...bad, UNKNOWN, own, foreign, own, own.toUpperCase()]);
    expect(answer.status).toBe(200);
    const queuing = { sms_uid: own, status: 'queuing', error_code: '0' };
    const unknown = refused('404', 'message_unknown');
    expect(resultsOf(answer)).toEqual([
      DELIVERED,
      ...bad.map(() => refused('400', 'invalid_request')),
      ...[unknown, queuing, unknown, queuing, queuing],
    ]);
    // Nothing tells another's message from none.
    expect(resultsOf(answer).at(-3)).toEqual(resultsOf(answer).at(-5));
  });

  it.each([1, 1_000])('may have %d ids', async (count) => {
    const results = resultsOf(await queryBatch(ingress, demo(count)));
    expect(results).toEqual(demo(count).map(() => DELIVERED));
  });

  it.each([0, 1_001])('must not have %d', async (count) => expect(await statusOf(demo(count))).toBe(400));

  it.each([[undefined], [null], [DEMO.messageId], [{}]])('must not be %j', async (ids) =>
    expect(await statusOf(ids)).toBe(400),
  );

  it('is refused as a whole for wrong credentials and for unknown fields', async () => {
    expect(await statusOf(demo(1), { passcode: 'x' })).toBe(401);
    expect(await statusOf(demo(1), { sms_uid: DEMO.messageId })).toBe(400);
  });
});

describe('the limit of queries', () => {
  it('counts each id of a batch that is one', async () => {
    expect(resultsOf(await queryBatch(ingress, demo(1_000))).every(({ error_code }) => error_code === '0')).toBe(true);
    const room = LIMIT - 1_000;
    const results = resultsOf(await queryBatch(ingress, [...Array<string>(50).fill('x'), ...demo(room + 50)]));
    const limited = { ...refused('429', 'query_rate_limited'), retry_after: '1' };
    expect(results.slice(0, 50).every(({ error_code }) => error_code === '400')).toBe(true);
    expect(results.slice(50, 50 + room)).toEqual(demo(room).map(() => DELIVERED));
    expect(results.slice(50 + room)).toEqual(demo(50).map(() => limited));
    expect((await query(ingress, DEMO.messageId)).status).toBe(429);
  });
});

describe('while the limiter hangs', () => {
  it('a batch is refused as a whole, and one with bad ids tells both', async () => {
    limiter.hang(true);
    const [whole, mixed] = [await queryBatch(ingress, demo(2)), await queryBatch(ingress, ['x', DEMO.messageId])];
    limiter.hang(false);
    expect(whole.status).toBe(503);
    expect(whole.headers['retry-after']).toBe('1');
    expect(whole.body).toMatchObject({ error_code: '503', reason: 'limiter_unavailable' });
    expect(mixed.status).toBe(200);
    expect(resultsOf(mixed)).toMatchObject([
      { error_code: '400' },
      { error_code: '503', reason: 'limiter_unavailable', retry_after: '1' },
    ]);
    await waitFor(async () => (await statusOf(demo(1))) === 200);
  });
});
