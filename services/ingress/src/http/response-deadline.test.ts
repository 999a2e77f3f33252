import { describe, expect, it } from '@jest/globals';
import { createResponseDeadline, type ResponseDeadline } from './response-deadline.js';

const HUNG_MS = 60;
const MOST_MS = 300;
/** A look comes every twentieth of the limit, and a timer may fire a moment early. */
const LATE_MS = HUNG_MS / 20 + 1;

/** How long one waits, in milliseconds. Its timer alone does not keep a process alive. */
async function waited(patience: ResponseDeadline): Promise<number> {
  const alive = setInterval(() => undefined, 1_000);
  const startedAt = performance.now();
  await new Promise<void>((resolve) => patience.wait(resolve));
  clearInterval(alive);
  return performance.now() - startedAt;
}

describe('patience', () => {
  it('ends when nothing has succeeded for so long', async () => {
    const ms = await waited(createResponseDeadline({ stallMs: HUNG_MS, maxMs: MOST_MS }));
    expect(ms).toBeGreaterThanOrEqual(HUNG_MS);
    expect(ms).toBeLessThan(MOST_MS - LATE_MS);
  });

  it('lasts while others succeed, and not for ever', async () => {
    const patience = createResponseDeadline({ stallMs: HUNG_MS, maxMs: MOST_MS });
    const progressing = setInterval(patience.progress, 5);
    const ms = await waited(patience);
    clearInterval(progressing);
    expect(ms).toBeGreaterThanOrEqual(MOST_MS);
  });

  it('ends for those who have waited long enough, and not yet for those who came later', async () => {
    const patience = createResponseDeadline({ stallMs: HUNG_MS, maxMs: MOST_MS });
    const over: string[] = [];
    const first = new Promise<void>((resolve) =>
      patience.wait(() => {
        over.push('first');
        resolve();
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, HUNG_MS / 2));
    const second = new Promise<void>((resolve) =>
      patience.wait(() => {
        over.push('second');
        resolve();
      }),
    );
    await first;
    expect(over).toEqual(['first']);
    await second;
    expect(over).toEqual(['first', 'second']);
  });

  it('says nothing to one that need not wait any more', async () => {
    const patience = createResponseDeadline({ stallMs: 20, maxMs: 40 });
    let told = false;
    const end = patience.wait(() => {
      told = true;
    });
    end();
    await waited(patience);
    expect(told).toBe(false);
  });
});
