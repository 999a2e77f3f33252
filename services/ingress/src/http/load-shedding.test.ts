import { waitFor } from '@ardor/runtime/wait-for';
import { describe, expect, it } from '@jest/globals';
import { createLoadShedder } from './load-shedding.js';

/** A body counts as one request for each so many bytes. */
const BYTES_OF_ONE = 4_096;

describe('the requests under way', () => {
  it.each([
    [0, 1],
    [1, 1],
    [BYTES_OF_ONE, 1],
    [BYTES_OF_ONE + 1, 2],
    [2 * BYTES_OF_ONE, 2],
    [2 * BYTES_OF_ONE + 1, 3],
    [1_048_576, 256],
  ])('one with a body of %d bytes counts as %d, until it leaves', async (bytes, weight) => {
    const guard = createLoadShedder({ maxInFlight: 10, maxLoopDelayMs: 60_000 });
    const leaveOther = guard.tryAdmit(0);
    const leave = guard.tryAdmit(bytes);
    expect(guard.inFlight()).toBe(1 + weight);
    leave?.();
    expect(guard.inFlight()).toBe(1);
    leaveOther?.();
    expect(guard.inFlight()).toBe(0);
    await guard.stop();
  });

  it('are so many and no more; one that is refused counts nothing', async () => {
    const guard = createLoadShedder({ maxInFlight: 3, maxLoopDelayMs: 60_000 });
    const [first] = [guard.tryAdmit(1), guard.tryAdmit(1)];
    // The last to enter may be heavier than what is left: else a large body would wait for an idle server.
    const leaveLarge = guard.tryAdmit(5 * BYTES_OF_ONE);
    expect(guard.inFlight()).toBe(7);
    expect(guard.tryAdmit(0)).toBeUndefined();
    expect(guard.inFlight()).toBe(7);
    first?.();
    expect(guard.tryAdmit(0)).toBeUndefined();
    leaveLarge?.();
    expect(guard.tryAdmit(0)).toBeDefined();
    await guard.stop();
  });
});

describe('a slow event loop', () => {
  it('lets nobody in until it is fast again', async () => {
    const guard = createLoadShedder({ maxInFlight: 10, maxLoopDelayMs: 30 });
    expect(guard.tryAdmit(0)).toBeDefined();
    await waitFor(
      () => {
        const until = performance.now() + 60;
        while (performance.now() < until);
        return guard.tryAdmit(0) === undefined;
      },
      { withinMs: 20_000, everyMs: 0 },
    );
    await waitFor(() => guard.tryAdmit(0) !== undefined);
    await guard.stop();
  });
});
