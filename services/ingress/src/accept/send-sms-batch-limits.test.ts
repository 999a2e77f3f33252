import { waitFor } from '@ardor/runtime/wait-for';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshNumber, message, resultsOf, send, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

const LIMIT = 20;

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({ SEND_LIMIT_PER_SECOND: String(LIMIT) });
});
afterAll(() => ingress.close());

/** Gives the whole second's sends to one batch: waits until nothing of an earlier one counts any more. */
async function untilRoom(): Promise<void> {
  await waitFor(async () => Number((await ingress.redis.redis.hget(sends(), 'n')) ?? 0) === 0 || (await aged()));
}
const sends = (): string => `${ingress.redis.prefix}:limit:sends`;
/** A window that was not written for longer than it counts. */
const aged = async (): Promise<boolean> => (await ingress.redis.redis.pttl(sends())) < 5_000 - 1_100;

describe('a batch that meets the limit of the system', () => {
  it('is accepted up to it; the rest gets 429 with when to try again, and takes no slot', async () => {
    await untilRoom();
    const numbers = Array.from({ length: LIMIT + 10 }, freshNumber);
    const answer = await sendBatch(
      ingress,
      numbers.map((phone_number) => message({ phone_number })),
    );
    expect(answer.status).toBe(200);
    const results = resultsOf(answer);
    expect(results.slice(0, LIMIT).map(({ status }) => status)).toEqual(Array(LIMIT).fill('queuing'));
    for (const result of results.slice(LIMIT)) {
      expect(result).toEqual({
        ...{ sms_uid: '', status: 'error', error_code: '429', reason: 'send_rate_limited' },
        ...{ message: expect.any(String), retry_after: '1' },
      });
    }
    for (const phone_number of numbers.slice(LIMIT, LIMIT + 2))
      await waitFor(async () => (await send(ingress, { phone_number })).status === 200);
    expect((await send(ingress, { phone_number: numbers[0] })).body).toMatchObject({ reason: 'number_rate_limited' });
  });

  it('counts each of its messages as a send, and none that is bad or has no slot', async () => {
    await untilRoom();
    const phone_number = freshNumber();
    const same = Array.from({ length: LIMIT }, () => message({ phone_number }));
    const bad = Array.from({ length: LIMIT }, () => message({ contents: {} }));
    const good = Array.from({ length: LIMIT - 1 }, () => message());
    const results = resultsOf(await sendBatch(ingress, [...same, ...bad, ...good, message()]));
    expect(results.filter(({ status }) => status === 'queuing')).toHaveLength(LIMIT);
    expect(results.at(-1)).toMatchObject({ reason: 'send_rate_limited' });
    expect(results.filter(({ reason }) => reason === 'number_rate_limited')).toHaveLength(LIMIT - 1);
  });

  it('is answered by 200 also when there is room for none of its messages', async () => {
    await untilRoom();
    const full = Array.from({ length: LIMIT }, () => message());
    const [first, second] = [sendBatch(ingress, full), sendBatch(ingress, [message(), message()])];
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const all = answers.flatMap(resultsOf);
    expect(all.filter(({ status }) => status === 'queuing')).toHaveLength(LIMIT);
    expect(all.filter(({ reason }) => reason === 'send_rate_limited')).toHaveLength(2);
  });
});
