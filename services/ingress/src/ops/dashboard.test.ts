import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const DASHBOARD_PASSWORD = 'a-password-for-tests';

let ingress: TestIngress | undefined;
afterEach(async () => {
  await ingress?.close();
  ingress = undefined;
});

interface Shown {
  readonly name: string;
  readonly displayName?: string;
}
async function shown(): Promise<Shown[]> {
  const answer = await ingress?.ops.get('/queues/api/queues').auth('ardor', DASHBOARD_PASSWORD);
  expect(answer?.status).toBe(200);
  return (answer?.body as { queues: Shown[] }).queues;
}
/** Their names, once so many are shown: the servers are connected to while the ingress starts. */
const names = (count: number) =>
  waitFor(async () => {
    const queues = await shown();
    return queues.length === count && queues.map(({ name, displayName }) => displayName ?? name);
  });

describe('the dashboard', () => {
  it('calls a queue by its lane', async () => {
    ingress = await startTestIngress({ DASHBOARD_PASSWORD });
    expect(await names(3)).toEqual(['otp', 'notify', 'bulk']);
  });

  it('shows every shard, by a name of its own', async () => {
    ingress = await startTestIngress({ DASHBOARD_PASSWORD, QUEUE_SHARDS: '3' });
    expect(await names(9)).toEqual(
      [0, 1, 2].flatMap((shard) => ['otp', 'notify', 'bulk'].map((lane) => `${lane} (shard ${shard})`)),
    );
    expect(new Set((await shown()).map(({ name }) => name)).size).toBe(9);
    const one = await ingress.ops.get('/queues/api/queues?activeQueue=1-bulk').auth('ardor', DASHBOARD_PASSWORD);
    expect(one.status).toBe(200);
  });

  it('goes on showing the others while a server is away', async () => {
    const REDIS_URL = `${redisUrl()},redis://127.0.0.1:${await freePort()}`;
    ingress = await startTestIngress({ DASHBOARD_PASSWORD, QUEUE_SHARDS: '2', REDIS_URL });
    expect(await names(3)).toEqual(['otp (shard 0)', 'notify (shard 0)', 'bulk (shard 0)']);
  });
});

describe('the password of the dashboard', () => {
  const LIMIT = 3;
  const withPassword = (password: string) => ingress?.ops.get('/queues/api/queues').auth('ardor', password);
  beforeEach(async () => {
    ingress = await startTestIngress({ DASHBOARD_PASSWORD, FAILED_LOGINS_PER_MINUTE: String(LIMIT) });
  });

  it('may be wrong fewer times than the limit', async () => {
    for (let n = 1; n < LIMIT; n++) expect((await withPassword('wrong'))?.status).toBe(401);
    expect((await withPassword(DASHBOARD_PASSWORD))?.status).toBe(200);
  });

  it('is not compared any more from the limit on', async () => {
    for (let n = 0; n < LIMIT; n++) expect((await withPassword('wrong'))?.status).toBe(401);
    const right = await withPassword(DASHBOARD_PASSWORD);
    expect(right?.status).toBe(429);
    expect(Number(right?.headers['retry-after'])).toBeGreaterThan(0);
    const text = (await ingress?.ops.get('/metrics'))?.text;
    expect(text).toContain(`ardor_failed_logins_total{part="dashboard",reason="password_wrong"} ${LIMIT}\n`);
    expect(text).toContain('ardor_failed_logins_total{part="dashboard",reason="not_compared"} 1\n');
  });

  it('may be left out by a browser that does not know it yet', async () => {
    for (let n = 0; n < LIMIT; n++) expect((await ingress?.ops.get('/queues'))?.status).toBe(401);
    expect((await withPassword(DASHBOARD_PASSWORD))?.status).toBe(200);
  });
});

describe('a change through the dashboard', () => {
  beforeEach(async () => {
    ingress = await startTestIngress({ DASHBOARD_PASSWORD, DASHBOARD_WRITABLE: 'true' });
    await names(3);
  });
  const pause = (headers: Record<string, string>) =>
    ingress?.ops.put('/queues/api/queues/pause').auth('ardor', DASHBOARD_PASSWORD).set(headers);

  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://queues.example', host: 'inside:9090' }],
    [{ host: 'queues.example:9090', origin: 'http://queues.example:9090' }],
    [{}],
  ])('is made with %j', async (headers) => {
    expect((await pause(headers))?.status).toBe(200);
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', host: 'queues.example', origin: 'http://queues.example' }],
    [{ host: 'queues.example', origin: 'http://evil.example' }],
    [{ host: 'queues.example:9090', origin: 'http://queues.example:8080' }],
    [{ host: 'queues.example', origin: 'null' }],
  ])('is refused with %j', async (headers) => {
    const answer = await pause(headers);
    expect([answer?.status, answer?.text]).toEqual([403, expect.stringContaining('Another site sent this request')]);
  });

  it('is not refused where it changes nothing', async () => {
    const answer = await ingress?.ops
      .get('/queues/api/queues')
      .auth('ardor', DASHBOARD_PASSWORD)
      .set({ 'sec-fetch-site': 'cross-site' });
    expect(answer?.status).toBe(200);
  });
});
