import type { FailpointName } from '@ardor/runtime/process/failpoint';
import { scriptedNumber } from '@ardor/testkit/api';
import { describe, expect, it } from '@jest/globals';
import { createCrashStack, recovered } from './crash-stack.js';

const { healthyApi, addressOf, sendTo, storedFor, stateAtCarrier, jobs, ...crash } = createCrashStack({ workers: 0 });
const { expectKilled, expectEndsOnce, expectSlotTaken } = crash;
let numbers = 0;

/** Scripts of the simulator. */
const [DELIVERED, THROTTLED_FIRST, NO_RECEIPT] = [0, 4, 8];

/** A worker dies by SIGKILL in each gap of delivering a message, and is started again. */
describe('a worker that dies', () => {
  interface Death {
    readonly at: FailpointName;
    readonly script: number;
    /** The row and the carrier's state after the death. Absent where a receipt may change them. */
    readonly left?: { readonly status: string; readonly carrier: string | undefined };
    readonly end: 'delivered' | 'sent';
    /** The recovery tasks that are needed. */
    readonly by: readonly string[];
  }

  it.each<Death>([
    {
      at: 'deliver.after_claim',
      script: DELIVERED,
      left: { status: 'sending', carrier: undefined },
      end: 'delivered',
      by: ['take_over', 'resolve'],
    },
    { at: 'deliver.after_send', script: DELIVERED, end: 'delivered', by: [] },
    {
      at: 'deliver.after_send',
      script: NO_RECEIPT,
      left: { status: 'sending', carrier: 'taken' },
      end: 'sent',
      by: ['take_over', 'resolve'],
    },
    {
      at: 'deliver.after_send',
      script: THROTTLED_FIRST,
      left: { status: 'sending', carrier: 'throttled' },
      end: 'delivered',
      by: ['take_over', 'resolve'],
    },
    { at: 'deliver.after_settle', script: DELIVERED, end: 'delivered', by: [] },
    {
      at: 'deliver.after_settle',
      script: NO_RECEIPT,
      left: { status: 'sent', carrier: 'taken' },
      end: 'sent',
      by: [],
    },
    {
      at: 'deliver.after_settle',
      script: THROTTLED_FIRST,
      left: { status: 'queuing', carrier: 'throttled' },
      end: 'delivered',
      by: [],
    },
  ])('at $at (number of script $script) leaves a message that ends $end, sent once', async (death) => {
    const phone = scriptedNumber(death.script, numbers++);
    const { ops, start } = await addressOf('worker');
    const armed = await start({ FAILPOINT: death.at });
    const id = (await sendTo(healthyApi(), phone)) ?? '';
    await expectKilled(armed);
    expect(await jobs()).toBe(1);
    const [row] = await storedFor(phone);
    if (death.left) expect({ status: row?.status, carrier: await stateAtCarrier(id) }).toEqual(death.left);
    await start();
    await expectEndsOnce(id, death.end);
    for (const task of death.by)
      expect({ task, moved: (await recovered(ops, task)) > 0 }).toEqual({ task, moved: true });
    await expectSlotTaken(healthyApi(), phone);
  });
});
