import { DEMO } from '@ardor/domain/message/demo';
import { createSealer } from '@ardor/crypto/sealer';
import { LANES, type Lane } from '@ardor/domain/message/status';
import { grantTemplate, putTemplate } from '@ardor/store/templates/manage-templates';
import { MAX_CHUNK } from '@ardor/queue/job';
import { waitFor } from '@ardor/runtime/wait-for';
import { testKeyring } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { message, resultsOf, sendBatch } from '../../test/requests.js';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
  for (const lane of LANES) {
    const id = `in-${lane}`;
    await putTemplate(ingress.db.database, { id, body: '${n}', lane, validitySeconds: 60, onUnknown: 'wait' });
    await grantTemplate(ingress.db.database, DEMO.clientId, id);
  }
});
afterAll(() => ingress.close());

interface Row {
  readonly id: string;
  readonly lane: Lane;
  readonly status: string;
  readonly payload: Buffer;
}
const rowsOf = (ids: readonly string[]): Promise<Row[]> =>
  ingress.db.query<Row>('SELECT id, lane, status, payload FROM messages WHERE id = ANY($1)', [ids]);

/** The ids in each job of the lanes. */
async function jobs(): Promise<{ lane: Lane; ids: string[] }[]> {
  const { redis, prefix } = ingress.redis;
  const all = await Promise.all(
    LANES.map(async (lane) => {
      const waiting = await redis.lrange(`${prefix}:${lane}:wait`, 0, -1);
      return Promise.all(
        waiting.map(async (id) => {
          const data = (await redis.hget(`${prefix}:${lane}:${id}`, 'data')) ?? '{}';
          return { lane, ids: (JSON.parse(data) as { ids: string[] }).ids };
        }),
      );
    }),
  );
  return all.flat();
}

describe('the messages of a batch', () => {
  it('are rows in their own words, and jobs of MAX_CHUNK at most, each of one lane', async () => {
    const laneOf = (n: number): Lane => LANES[n % 7 === 0 ? 0 : n % 7 < 3 ? 1 : 2];
    const answer = await sendBatch(
      ingress,
      Array.from({ length: 901 }, (_, n) =>
        n === 50 ? {} : message({ templet_id: `in-${laneOf(n)}`, contents: { n: `no. ${n}` } }),
      ),
    );
    const sent = resultsOf(answer).flatMap(({ sms_uid }, n) => (sms_uid ? [{ id: sms_uid, n }] : []));
    expect(sent).toHaveLength(900);

    const rows = new Map((await rowsOf(sent.map(({ id }) => id))).map((row) => [row.id, row]));
    const open = createSealer(testKeyring());
    for (const { id, n } of sent) {
      const { lane, status, payload = Buffer.alloc(0) } = rows.get(id) ?? {};
      expect({ lane, status, text: open.open(id, payload).text }).toEqual({
        ...{ lane: laneOf(n), status: 'queuing', text: `no. ${n}` },
      });
    }

    const all = await waitFor(async () => {
      const found = await jobs();
      return found.flatMap(({ ids }) => ids).length >= sent.length && found;
    });
    expect(all.flatMap(({ ids }) => ids).sort()).toEqual(sent.map(({ id }) => id).sort());
    for (const lane of LANES) {
      const own = sent.filter(({ n }) => laneOf(n) === lane).map(({ id }) => id);
      const sizes = all.filter((job) => job.lane === lane).map(({ ids }) => ids.length);
      // All of one batch go together, so that only the last job of a lane may have room.
      expect(sizes.filter((size) => size !== MAX_CHUNK).length).toBeLessThanOrEqual(1);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_CHUNK);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(own.length);
      for (const { ids } of all.filter((job) => job.lane === lane))
        expect(ids.every((id) => own.includes(id))).toBe(true);
    }
  });
});
