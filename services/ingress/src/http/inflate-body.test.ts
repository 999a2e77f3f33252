import { gzipSync } from 'node:zlib';
import { refuse } from '@ardor/domain/errors/reasons';
import { describe, expect, it } from '@jest/globals';
import { createBodyBudget, type BodyShare } from './body-budget.js';
import { inflateBody } from './inflate-body.js';

const MAX_BYTES = 100_000;
/** At work, and waiting for it. */
const TURNS = 2 + 200;
const tooLarge = refuse('body_too_large');
const body = gzipSync(' '.repeat(MAX_BYTES));

describe('bodies that are inflated at once', () => {
  it('are two, and 200 wait; more are refused, and nothing of them is counted', async () => {
    const { anonymous, used } = createBodyBudget({ maxBytes: 10_000_000, now: () => 0 });
    let most = 0;
    const share = {
      ...createBodyBudget({ maxBytes: 1, now: () => 0 }).known,
      resize: (from: number, to: number) => {
        const hasRoom = anonymous.resize(from, to);
        most = Math.max(most, used());
        return hasRoom;
      },
    };
    const limits = { maxBytes: MAX_BYTES, tooLarge, share };
    let contents = 0;
    const inflateOne = async (): Promise<string> => {
      const content = await inflateBody(body, 'gzip', limits);
      if (!content.ok) return content.refusal.reason;
      contents++;
      share.resize(content.value.length, 0);
      return 'inflated';
    };
    const results = await Promise.all(Array.from({ length: TURNS + 5 }, inflateOne));
    expect(results.filter((one) => one === 'overloaded')).toHaveLength(5);
    expect(contents).toBe(TURNS);
    expect(most).toBeGreaterThanOrEqual(2 * MAX_BYTES);
    // Two, and the content of one or two that were given on in the same turn of the loop.
    expect(most).toBeLessThan(5 * MAX_BYTES);
    expect(used()).toBe(0);
  });

  it('of strangers become 1 MiB in a second, and those of known clients as much as they like', async () => {
    let time = 0;
    const { known, anonymous } = createBodyBudget({ maxBytes: 10_000_000, now: () => time });
    const inflateWith = async (share: BodyShare, content: Buffer): Promise<string> => {
      const result = await inflateBody(content, 'gzip', { maxBytes: MAX_BYTES, tooLarge, share });
      if (result.ok) share.resize(result.value.length, 0);
      return result.ok ? 'inflated' : result.refusal.reason;
    };
    // A body that would be longer than allowed counts as the longest.
    expect(await inflateWith(anonymous, gzipSync(' '.repeat(MAX_BYTES + 1)))).toBe('body_too_large');
    for (let n = 1; n < 10; n++) expect(await inflateWith(anonymous, body)).toBe('inflated');
    expect(await inflateWith(anonymous, gzipSync(' '.repeat(48_575)))).toBe('inflated');
    expect(await inflateWith(anonymous, gzipSync('  '))).toBe('inflated');
    expect(await inflateWith(anonymous, gzipSync('  '))).toBe('overloaded');
    expect(await inflateWith(known, body)).toBe('inflated');
    time = 1_000;
    expect(await inflateWith(anonymous, body)).toBe('inflated');
  });

  it('need room for the longest content that is allowed', async () => {
    const inflateWith = async (bytes: number): Promise<string> => {
      const { anonymous, used } = createBodyBudget({ maxBytes: 2 * bytes, now: () => 0 });
      const limits = { maxBytes: MAX_BYTES, tooLarge, share: anonymous };
      const content = await inflateBody(body, 'gzip', limits);
      expect(used()).toBe(content.ok ? MAX_BYTES : 0);
      return content.ok ? 'inflated' : content.refusal.reason;
    };
    expect(await inflateWith(body.length + MAX_BYTES)).toBe('inflated');
    expect(await inflateWith(body.length + MAX_BYTES - 1)).toBe('overloaded');
  });
});
