import { startSimulator } from '@ardor/simulator/start';
import { describe, expect, it } from '@jest/globals';
import { createTestDelivery, HOUR_MS } from '../../test/create-test-delivery.js';

const { db, stored, scripted, deliverer, row, jobOf, ledger, seen, releases } = createTestDelivery();

describe('what must not reach a carrier', () => {
  it('is a message whose claim could end during the call', async () => {
    const ids = await stored(scripted(0));
    let asked = 0;
    // The second look is as late as a lease of 15 s and a call of 5 s allow, and a millisecond more.
    await deliverer({ now: () => (asked++ === 0 ? 0 : 10_001) })(ids);
    expect(await seen(ids[0])).toBe(404);
    const after = await row(ids[0]);
    expect(after).toMatchObject({ status: 'queuing', reason: 'claim_lapsed', payload: expect.any(Buffer) });
    expect(await jobOf('otp', after?.chunk_id)).toBeDefined();
  });

  it('is not one whose claim lasts just as long', async () => {
    const ids = await stored(scripted(0));
    let asked = 0;
    await deliverer({ now: () => (asked++ === 0 ? 0 : 10_000) })(ids);
    expect((await row(ids[0]))?.status).toBe('sent');
  });

  it('is a message of a worker that counts as dead, also when it dies between the claim and the first byte', async () => {
    for (const aliveLooks of [0, 1]) {
      const ids = await stored(scripted(0));
      let looks = 0;
      await deliverer({ aliveSince: () => looks++ < aliveLooks })(ids);
      expect(looks).toBe(aliveLooks + 1);
      expect(await seen(ids[0])).toBe(404);
      expect((await row(ids[0]))?.status).toBe('queuing');
    }
  });

  it('is one that would leave after its end', async () => {
    const ids = await stored(scripted(0, 0));
    await db().query(`UPDATE messages SET expires_at = now() + interval '2 s' WHERE id = $1`, [ids[0]]);
    let asked = 0;
    await deliverer({ now: () => (asked++ === 0 ? 0 : 2_001) })(ids);
    expect([await seen(ids[0]), await seen(ids[1])]).toEqual([404, 404]);
    expect((await row(ids[0]))?.status).toBe('queuing');
    await deliverer()(ids.slice(1));
    expect((await row(ids[1]))?.status).toBe('sent');
  });

  it('is one that cannot be opened; its neighbour goes out', async () => {
    const [torn = '', whole = ''] = await stored(scripted(0, 0));
    await db().query(`UPDATE messages SET payload = '\\x01020304' WHERE id = $1`, [torn]);
    await deliverer()([torn, whole]);
    expect(await row(torn)).toMatchObject({
      status: 'error',
      reason: 'undecipherable',
      payload: null,
      final_at: expect.any(Date),
    });
    expect((await row(whole))?.status).toBe('sent');
    expect([await seen(torn), await seen(whole)]).toEqual([404, 200]);
  });

  it('is a chunk of nothing but such', async () => {
    const ids = await stored(scripted(0));
    await db().query(`UPDATE messages SET payload = NULL WHERE id = ANY($1)`, [ids]);
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'error', reason: 'undecipherable' });
  });

  it.each([
    ['has expired', `expires_at = now() - interval '1 second'`],
    ['another worker holds', `status = 'sending', fence = gen_random_uuid()`],
    ['is of unknown outcome', `status = 'uncertain', uncertain_since = now()`],
    ['was sent', `status = 'sent'`],
    ['has ended', `status = 'error'`],
  ])('is one that %s', async (_, assignment) => {
    const ids = await stored(scripted(0));
    await db().query(`UPDATE messages SET ${assignment} WHERE id = ANY($1)`, [ids]);
    const before = await row(ids[0]);
    await deliverer()(ids);
    expect(await row(ids[0])).toEqual(before);
    expect(await seen(ids[0])).toBe(404);
  });

  it('is a message twice, however many workers have its job', async () => {
    const own = await startSimulator({ port: 0, receiptDelayMs: HOUR_MS, latencyMs: 50 });
    releases.push(() => own.close());
    const ids = await stored(scripted(...Array<number>(100).fill(0)));
    await Promise.all(Array.from({ length: 4 }, () => deliverer({ carrierUrl: own.url })(ids)));
    expect(await ledger(own.url)).toEqual({ taken: 100, references: 100, duplicates: [] });
    const states = await db().query('SELECT DISTINCT status, attempts FROM messages WHERE id = ANY($1)', [ids]);
    expect(states).toEqual([{ status: 'sent', attempts: 1 }]);
  });
});

it('rejects when the database does not take the settlement, and leaves the claim to recovery', async () => {
  const ids = await stored(scripted(0));
  const settle = () => Promise.reject(new Error('the connection is gone'));
  await expect(deliverer({ settle })(ids)).rejects.toThrow('the connection is gone');
  expect(await row(ids[0])).toMatchObject({ status: 'sending', fence: expect.any(String) });
});
