import { expect, it } from '@jest/globals';
import { createInFlightCounter } from './in-flight.js';

it('resolves idle() when all work has settled, and not before', async () => {
  const inFlight = createInFlightCounter();
  await inFlight.idle();
  let succeed: () => void = () => undefined;
  inFlight.add(new Promise<void>((resolve) => (succeed = resolve)));
  inFlight.add(Promise.resolve());
  let idle = false;
  const idles = [inFlight.idle(), inFlight.idle()];
  void idles[0]?.then(() => (idle = true));
  await new Promise(setImmediate);
  expect(idle).toBe(false);
  succeed();
  await Promise.all(idles);
  inFlight.add(Promise.resolve());
  await inFlight.idle();
});
