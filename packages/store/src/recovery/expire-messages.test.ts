import { describe, expect, it } from '@jest/globals';
import { PAST, createTestRows, seconds } from '../../test/create-test-rows.js';
import { createExpireMessages } from './expire-messages.js';

const { db, put, row, whileHeld } = createTestRows();

describe('expiring', () => {
  const expire = (limit = 100): Promise<number> => createExpireMessages(db().database)(limit);

  it.each([
    [{}, 'expired'],
    [{ reason: `'throttled'` }, 'expired'],
    [{ reason: `'claim_lapsed'` }, 'expired'],
    [{ reason: `'gateway_unavailable'` }, 'gateway_unavailable'],
    [{ reason: `'undecipherable'` }, 'undecipherable'],
    [{ reason: `'undecipherable'`, uncertain_since: PAST }, 'outcome_unknown'],
    [{ status: `'uncertain'`, uncertain_since: PAST }, 'outcome_unknown'],
    [{ status: `'uncertain'`, uncertain_since: PAST, reason: `'gateway_unavailable'` }, 'outcome_unknown'],
  ])('ends %j as %s', async (fields: Record<string, string>, reason) => {
    const id = await put({ ...fields, expires_at: PAST, fence: 'gen_random_uuid()' });
    expect(await expire()).toBe(1);
    expect(await row(id)).toMatchObject({
      status: 'error',
      reason,
      payload: null,
      fence: null,
      final_at: expect.any(Date),
    });
    expect(await expire()).toBe(0);
  });

  it('keeps messages that are valid, being sent or final', async () => {
    await put({ expires_at: seconds(1) });
    for (const status of ['sending', 'sent', 'delivered', 'error'])
      await put({ status: `'${status}'`, expires_at: PAST });
    expect(await expire()).toBe(0);
  });

  it('ends at most the limit, oldest first', async () => {
    const late = await put({ expires_at: PAST, due_at: `now() - interval '1 minute'` });
    const first = await put({ expires_at: PAST, due_at: `now() - interval '1 hour'` });
    const last = await put({ expires_at: PAST });
    expect(await expire(2)).toBe(2);
    expect([await row(first), await row(late), await row(last)].map((one) => one?.status)).toEqual([
      'error',
      'error',
      'queuing',
    ]);
  });

  it('skips rows that another copy has locked', async () => {
    const [held, free] = [await put({ expires_at: PAST }), await put({ expires_at: PAST })];
    expect(await whileHeld([held], () => expire())).toBe(1);
    expect((await row(free))?.status).toBe('error');
    expect((await row(held))?.status).toBe('queuing');
  });

  it('ends each message once when two copies run at once', async () => {
    for (let count = 0; count < 20; count++) await put({ expires_at: PAST });
    const both = await Promise.all([expire(15), expire(15)]);
    expect(both[0] + both[1] + (await expire())).toBe(20);
  });
});
