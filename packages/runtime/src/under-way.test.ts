import { expect, it } from '@jest/globals';
import { createUnderWay } from './under-way.js';

it('is idle when all have settled, whichever way, and not before', async () => {
  const underWay = createUnderWay();
  await underWay.idle();
  let succeed: () => void = () => undefined;
  const failing = Promise.reject(new Error('its owner hears of it'));
  underWay.add(new Promise<void>((resolve) => (succeed = resolve)));
  underWay.add(failing);
  await expect(failing).rejects.toThrow('its owner');
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
