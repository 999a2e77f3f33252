import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait-for.js';

describe('waitFor', () => {
  it('returns the first value that is neither undefined nor false', async () => {
    const values = [undefined, false, 0];
    expect(await waitFor(() => values.shift(), { everyMs: 1 })).toBe(0);
    expect(values).toEqual([]);
  });

  it('goes on after an error of the probe', async () => {
    let probes = 0;
    const probe = (): number => {
      if (++probes < 3) throw new Error('not yet');
      return probes;
    };
    expect(await waitFor(probe, { everyMs: 1 })).toBe(3);
  });

  it('throws after the deadline, with the last error as the cause', async () => {
    const cause = new Error('refused');
    const failing = waitFor(() => Promise.reject(cause), { withinMs: 20, everyMs: 1 });
    await expect(failing).rejects.toMatchObject({ message: 'not within 20 ms', cause });
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const waiting = waitFor(() => controller.abort(new Error('enough')), { everyMs: 1, signal: controller.signal });
    await expect(waiting).rejects.toThrow('enough');
  });

  it('has no cause when the last probe did not fail', async () => {
    const errors = [new Error('at first')];
    const probe = (): undefined => {
      const error = errors.pop();
      if (error) throw error;
    };
    await expect(waitFor(probe, { withinMs: 20, everyMs: 1 })).rejects.toMatchObject({ cause: undefined });
  });
});
