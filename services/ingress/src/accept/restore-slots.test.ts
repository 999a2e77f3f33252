import { waitFor } from '@ardor/runtime/wait-for';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshNumber, send } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
});
afterAll(() => ingress.close());

const WIPES = 15;

/** Everything under this file's prefix goes, as a FLUSHALL would have it. */
async function wipe(): Promise<void> {
  const { redis, prefix } = ingress.redis;
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(...keys);
}

it('keeps the number rule when Redis loses everything: the slots come back from the rows', async () => {
  const phones = [freshNumber(), freshNumber(), freshNumber()];
  for (const phone_number of phones) expect((await send(ingress, { phone_number })).status).toBe(200);
  await wipe();
  const answers = await waitFor(async () => {
    const all = await Promise.all(phones.map((phone_number) => send(ingress, { phone_number })));
    expect(all.map(({ status }) => status)).not.toContain(200);
    return all.every(({ status }) => status === 429) && all;
  });
  for (const { body, headers } of answers) {
    expect(body).toMatchObject({ reason: 'number_rate_limited' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(40);
  }
  expect((await send(ingress)).status).toBe(200);
});

it.each([-150_000, 7_200_000])(
  'keeps it when the own clock of the ingress is %d ms from the database’s',
  async (ms) => {
    const { now } = Date;
    Date.now = () => now() + ms;
    try {
      const phone_number = freshNumber();
      expect((await send(ingress, { phone_number })).status).toBe(200);
      await wipe();
      const again = await waitFor(async () => {
        const response = await send(ingress, { phone_number });
        return response.status !== 503 && response;
      });
      expect(again.body).toMatchObject({ reason: 'number_rate_limited' });
    } finally {
      Date.now = now;
    }
  },
);

it('keeps it while sends and wipes go on at once', async () => {
  const accepted = new Map<string, number>();
  const phones = Array.from({ length: 20 }, freshNumber);
  let wiping = true;
  const wipes = (async () => {
    for (let count = 0; count < WIPES; count++) {
      await wipe();
      await waitFor(() => accepted.size >= Math.min(count, phones.length));
    }
  })().finally(() => {
    wiping = false;
  });
  const sender = async (phone_number: string): Promise<void> => {
    while (wiping) {
      const { status } = await send(ingress, { phone_number });
      if (status === 200) accepted.set(phone_number, (accepted.get(phone_number) ?? 0) + 1);
    }
  };
  await Promise.all([wipes, ...phones.flatMap((phone) => [sender(phone), sender(phone)])]);
  expect(Math.max(0, ...accepted.values())).toBeLessThanOrEqual(1);
  for (const phone_number of phones) {
    await waitFor(async () => [200, 429].includes((await send(ingress, { phone_number })).status));
  }
  const rows = await ingress.db.query<{ count: string }>(
    'SELECT count(*) FROM messages GROUP BY phone_mac HAVING count(*) > 1',
  );
  expect(rows).toEqual([]);
});
