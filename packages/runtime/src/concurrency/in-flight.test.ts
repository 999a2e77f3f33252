import { expect, it } from '@jest/globals';
import { createInFlightCounter } from './in-flight.js';

it('is idle when all have settled, and not before', async () => {
  const underWay = createInFlightCounter();
  await underWay.idle();
  let succeed: () => void = () => undefined;
  underWay.add(new Promise<void>((resolve) => (succeed = resolve)));
  underWay.add(Promise.resolve());
  let idle = false;
  const idles = [underWay.idle(), underWay.idle()];
  void idles[0]?.then(() => (idle = true));
  await new Promise(setImmediate);
  expect(idle).toBe(false);
  succeed();
  await Promise.all(idles);
  underWay.add(Promise.resolve());
  await underWay.idle();
});
