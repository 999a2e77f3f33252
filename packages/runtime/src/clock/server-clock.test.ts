import { describe, expect, it } from '@jest/globals';
import { createServerClock, startServerClock } from './server-clock.js';

/** A server whose clock and whose way are set by the test. */
function serverAt(offset: number) {
  const world = { monotonic: 1_000, offset, there: 0, back: 0 };
  const clock = createServerClock(
    () => {
      world.monotonic += world.there;
      const time = world.monotonic + world.offset;
      world.monotonic += world.back;
      return Promise.resolve(time);
    },
    () => world.monotonic,
  );
  return { world, clock, time: () => world.monotonic + world.offset };
}

describe('a server clock', () => {
  it('knows the server’s time as exactly as the way to it allows', async () => {
    const { world, clock, time } = serverAt(5_000_000);
    Object.assign(world, { there: 30, back: 10 });
    await clock.sample();
    expect([clock.earliest() - time(), clock.now() - time(), clock.latest() - time()]).toEqual([-10, 10, 30]);
  });

  it('keeps the best of its samples', async () => {
    const { world, clock, time } = serverAt(0);
    await clock.sample();
    Object.assign(world, { there: 400, back: 400 });
    await clock.sample();
    expect(time() - clock.earliest()).toBeLessThan(1);
    expect(clock.latest() - time()).toBeLessThan(1);
  });

  it('is never earlier than `earliest` and never later than `latest`, whatever the way does', async () => {
    const { world, clock, time } = serverAt(1_700_000_000_000);
    for (let n = 0; n < 2_000; n++) {
      Object.assign(world, { there: (n * 7_919) % 2_003, back: (n * 104_729) % 1_999 });
      await clock.sample();
      world.monotonic += (n * 1_299_709) % 60_013;
      expect(clock.earliest()).toBeLessThanOrEqual(time());
      expect(clock.latest()).toBeGreaterThanOrEqual(time());
    }
  });

  it.each([-150_000, 150_000])('takes the new time when the server’s clock was set by %d ms', async (step) => {
    const { world, clock, time } = serverAt(0);
    Object.assign(world, { there: 5, back: 5 });
    await clock.sample();
    world.offset += step;
    await clock.sample();
    expect(clock.now()).toBe(time());
    expect(time() - clock.earliest()).toBe(5);
  });

  it('is less and less sure between two samples', async () => {
    const { world, clock, time } = serverAt(0);
    await clock.sample();
    world.monotonic += 60_000;
    expect(time() - clock.earliest()).toBeCloseTo(30);
    expect(clock.latest() - time()).toBeCloseTo(30);
  });

  it('starts only with a server that answers', async () => {
    const failing = startServerClock(
      () => Promise.reject(new Error('away')),
      () => 0,
    );
    await expect(failing).rejects.toThrow('away');
  });
});
