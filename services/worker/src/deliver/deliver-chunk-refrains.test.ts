import { randomBytes } from 'node:crypto';
import { createKeyring } from '@ardor/crypto/keyring';
import { createSealer } from '@ardor/crypto/sealer';
import { createClaimMessages } from '@ardor/store/messages/claim-messages';
import { WORKER_ID } from '@ardor/testkit/fixtures';
import { startSimulator } from '@ardor/simulator/start';
import { describe, expect, it } from '@jest/globals';
import { createTestDelivery, HOUR_MS } from '../../test/create-test-delivery.js';

const { db, stored, scripted, deliverer, row, makeDue, jobOf, ledger, seen, closers } = createTestDelivery();

describe('deliverChunk', () => {
  it('sends no message whose claim could end during the call', async () => {
    const ids = await stored(scripted(0));
    let reads = 0;
    // The second reading of the clock is a millisecond later than a claim of 15 s and a call of 5 s allow.
    await deliverer({ now: () => (reads++ === 0 ? 0 : 10_001) })(ids);
    expect(await seen(ids[0])).toBe(404);
    const after = await row(ids[0]);
    expect(after).toMatchObject({ status: 'queuing', reason: 'claim_lapsed', payload: expect.any(Buffer) });
    expect(await jobOf('otp', after?.chunk_id)).toBeDefined();
  });

  it('sends a message whose claim lasts exactly as long as the call may', async () => {
    const ids = await stored(scripted(0));
    let reads = 0;
    await deliverer({ now: () => (reads++ === 0 ? 0 : 10_000) })(ids);
    expect((await row(ids[0]))?.status).toBe('sent');
  });

  it('sends nothing when its worker has lost its lease, also between the claim and the first byte', async () => {
    for (const checksHeld of [0, 1]) {
      const ids = await stored(scripted(0));
      let checks = 0;
      await deliverer({ heldLeaseSince: () => checks++ < checksHeld })(ids);
      expect(checks).toBe(checksHeld + 1);
      expect(await seen(ids[0])).toBe(404);
      expect((await row(ids[0]))?.status).toBe('queuing');
    }
  });

  it('sends no message that would leave after its validity period', async () => {
    const ids = await stored(scripted(0, 0));
    await db().query(`UPDATE messages SET expires_at = now() + interval '2 s' WHERE id = $1`, [ids[0]]);
    let reads = 0;
    await deliverer({ now: () => (reads++ === 0 ? 0 : 2_001) })(ids);
    expect([await seen(ids[0]), await seen(ids[1])]).toEqual([404, 404]);
    expect((await row(ids[0]))?.status).toBe('queuing');
    await makeDue(ids);
    await deliverer()(ids.slice(1));
    expect((await row(ids[1]))?.status).toBe('sent');
  });

  it('keeps a message that cannot be opened, with its payload and a job of its own, and sends the others', async () => {
    const [torn = '', whole = '', throttled = ''] = await stored(scripted(0, 0, 4));
    await db().query(`UPDATE messages SET payload = '\\x01020304' WHERE id = $1`, [torn]);
    await deliverer()([torn, whole, throttled]);
    const after = await row(torn);
    expect(after).toMatchObject({
      status: 'queuing',
      reason: 'undecipherable',
      payload: Buffer.from([1, 2, 3, 4]),
      fence: null,
      final_at: null,
      uncertain_since: null,
    });
    const job = await jobOf('otp', after?.chunk_id);
    expect(job?.data.ids).toEqual([torn]);
    expect(await job?.getState()).toBe('delayed');
    expect(await row(whole)).toMatchObject({ status: 'sent' });
    expect([await seen(torn), await seen(whole)]).toEqual([404, 200]);
  });

  it('leaves a message that it cannot open to a worker that can', async () => {
    const ids = await stored(scripted(0));
    const other = createSealer(createKeyring(randomBytes(32).toString('base64')));
    const claim = createClaimMessages(db().database, other, { leaseMs: 1_000, workerId: WORKER_ID });
    await deliverer({ claim })(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'queuing', reason: 'undecipherable' });
    await makeDue(ids);
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'sent', attempts: 2, reason: null });
  });

  it('asks no carrier when no message of the chunk can be opened', async () => {
    const ids = await stored(scripted(0));
    await db().query(`UPDATE messages SET payload = NULL WHERE id = ANY($1)`, [ids]);
    await deliverer()(ids);
    expect(await row(ids[0])).toMatchObject({ status: 'queuing', reason: 'undecipherable' });
    expect(await seen(ids[0])).toBe(404);
  });

  it.each([
    ['has expired', `expires_at = now() - interval '1 second'`],
    ['another worker holds', `status = 'sending', fence = gen_random_uuid()`],
    ['is uncertain', `status = 'uncertain', uncertain_since = now()`],
    ['was sent', `status = 'sent'`],
    ['has ended', `status = 'error'`],
  ])('does not touch a message that %s', async (_, assignment) => {
    const ids = await stored(scripted(0));
    await db().query(`UPDATE messages SET ${assignment} WHERE id = ANY($1)`, [ids]);
    const before = await row(ids[0]);
    await deliverer()(ids);
    expect(await row(ids[0])).toEqual(before);
    expect(await seen(ids[0])).toBe(404);
  });

  it('sends each message once, however many workers have its job', async () => {
    const own = await startSimulator({ port: 0, receiptDelayMs: HOUR_MS, latencyMs: 50 });
    closers.push(() => own.close());
    const ids = await stored(scripted(...Array<number>(100).fill(0)));
    await Promise.all(Array.from({ length: 4 }, () => deliverer({ carrierUrl: own.url })(ids)));
    expect(await ledger(own.url)).toEqual({ taken: 100, references: 100, duplicates: [] });
    const states = await db().query('SELECT DISTINCT status, attempts FROM messages WHERE id = ANY($1)', [ids]);
    expect(states).toEqual([{ status: 'sent', attempts: 1 }]);
  });
});

it('a delivery rejects when the settlement cannot be written, and leaves the claim to recovery', async () => {
  const ids = await stored(scripted(0));
  const settle = () => Promise.reject(new Error('the connection is gone'));
  await expect(deliverer({ settle })(ids)).rejects.toThrow('the connection is gone');
  expect(await row(ids[0])).toMatchObject({ status: 'sending', fence: expect.any(String) });
});
