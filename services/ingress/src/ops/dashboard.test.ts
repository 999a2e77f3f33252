import { waitFor } from '@ardor/runtime/wait-for';
import { redisUrl } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { afterEach, describe, expect, it } from '@jest/globals';
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
