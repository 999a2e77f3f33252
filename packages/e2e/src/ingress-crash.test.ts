import type { FailpointName } from '@ardor/runtime/process/failpoint';
import { waitFor } from '@ardor/runtime/wait-for';
import { scriptedNumber, send } from '@ardor/testkit/api';
import { describe, expect, it } from '@jest/globals';
import { createCrashStack, recovered } from './crash-stack.js';

const { healthyApi, workerOps, addressOf, sendTo, storedFor, ...crash } = createCrashStack();
const { expectKilled, expectEndsOnce, expectSlotTaken } = crash;
let numbers = 0;

/** An ingress dies by SIGKILL in each gap of accepting a message, and is started again. */
describe('an ingress that dies', () => {
  it.each<{ at: FailpointName; answered: boolean; by?: string }>([
    { at: 'accept.after_commit', answered: false, by: 'requeue' },
    { at: 'accept.before_queue', answered: true, by: 'requeue' },
    { at: 'accept.after_queue', answered: true },
  ])('at $at has stored a message that is delivered once (acknowledged: $answered)', async ({ at, answered, by }) => {
    const worker = workerOps();
    const moved = by ? await recovered(worker, by) : 0;
    const phone = scriptedNumber(0, numbers++);
    const { api, start } = await addressOf('ingress');
    const armed = await start({ FAILPOINT: at });
    const acknowledged = await sendTo(api, phone);
    await expectKilled(armed);
    const rows = await storedFor(phone);
    expect(rows).toHaveLength(1);
    expect(acknowledged).toBe(answered ? rows[0]?.id : undefined);
    await start();
    await expectEndsOnce(rows[0]?.id ?? '', 'delivered');
    if (by) expect(await recovered(worker, by)).toBe(moved + 1);
    await expectSlotTaken(api, phone);
  });

  it('at accept.before_commit has stored nothing, and its number is free again after the slot’s life', async () => {
    const slotSeconds = 4;
    const phone = scriptedNumber(0, numbers++);
    const { api, start } = await addressOf('ingress');
    const armed = await start({ FAILPOINT: 'accept.before_commit', NUMBER_LIMIT_SECONDS: String(slotSeconds) });
    expect(await sendTo(api, phone)).toBeUndefined();
    await expectKilled(armed);
    // The dead process cannot release the slot.
    const limited = await send(healthyApi(), phone);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeLessThanOrEqual(slotSeconds);
    expect(await storedFor(phone)).toEqual([]);
    await start();
    const again = await waitFor(
      async () => {
        const response = await send(api, phone);
        return response.status === 200 && response.body['sms_uid'];
      },
      { withinMs: slotSeconds * 1_000 },
    );
    expect(await storedFor(phone)).toMatchObject([{ id: again }]);
    await expectEndsOnce(again, 'delivered');
    await expectSlotTaken(api, phone);
  });
});
