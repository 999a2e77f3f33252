import { describe, expect, it } from '@jest/globals';
import { createPatience } from './patience.js';

/** How long one waits while `progress` is made every so often, in milliseconds. */
async function waited(progressEveryMs: number | undefined): Promise<number> {
  const patience = createPatience({ hungMs: 60, mostMs: 300 });
  const progressing = progressEveryMs === undefined ? undefined : setInterval(patience.progress, progressEveryMs);
  const startedAt = performance.now();
  await patience.wait().over;
  clearInterval(progressing);
  return performance.now() - startedAt;
}

describe('patience', () => {
  it('ends when nothing has succeeded for so long', async () => {
    const ms = await waited(undefined);
    expect(ms).toBeGreaterThanOrEqual(59);
    expect(ms).toBeLessThan(290);
  });

  it('lasts while others succeed, and not for ever', async () => {
    expect(await waited(5)).toBeGreaterThanOrEqual(299);
  });

  it('leaves no timer behind when it is not needed any more', () => {
    const { end } = createPatience({ hungMs: 60_000, mostMs: 60_000 }).wait();
    end();
  });
});
