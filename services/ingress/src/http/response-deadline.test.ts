import { describe, expect, it } from '@jest/globals';
import { createResponseDeadline, type ResponseDeadline } from './response-deadline.js';

const STALL_MS = 60;
const MAX_MS = 300;
/** A look comes every twentieth of the limit, and a timer may fire a moment early. */
const LATE_MS = STALL_MS / 20 + 1;

/** How long one waits, in milliseconds. Its timer alone does not keep a process alive. */
async function waited(deadline: ResponseDeadline): Promise<number> {
  const alive = setInterval(() => undefined, 1_000);
  const startedAt = performance.now();
  await new Promise<void>((resolve) => deadline.start(resolve));
  clearInterval(alive);
  return performance.now() - startedAt;
}

describe('deadline', () => {
  it('ends when nothing has succeeded for so long', async () => {
    const ms = await waited(createResponseDeadline({ stallMs: STALL_MS, maxMs: MAX_MS }));
    expect(ms).toBeGreaterThanOrEqual(STALL_MS);
    expect(ms).toBeLessThan(MAX_MS - LATE_MS);
  });

  it('lasts while others succeed, and not for ever', async () => {
    const deadline = createResponseDeadline({ stallMs: STALL_MS, maxMs: MAX_MS });
    const progressing = setInterval(deadline.progress, 5);
    const ms = await waited(deadline);
    clearInterval(progressing);
    expect(ms).toBeGreaterThanOrEqual(MAX_MS);
  });

  it('ends for those who have waited long enough, and not yet for those who came later', async () => {
    const deadline = createResponseDeadline({ stallMs: STALL_MS, maxMs: MAX_MS });
    const over: string[] = [];
    const first = new Promise<void>((resolve) =>
      deadline.start(() => {
        over.push('first');
        resolve();
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, STALL_MS / 2));
    const second = new Promise<void>((resolve) =>
      deadline.start(() => {
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
    const deadline = createResponseDeadline({ stallMs: 20, maxMs: 40 });
    let told = false;
    const end = deadline.start(() => {
      told = true;
    });
    end();
    await waited(deadline);
    expect(told).toBe(false);
  });
});
