import { describe, expect, it } from '@jest/globals';
import { generatePasscode } from './passcode.js';

const SAMPLE = Array.from({ length: 20_000 }, generatePasscode);

describe('generatePasscode', () => {
  it('is ARDOR and six groups of five, without I, L, O and U', () => {
    for (const passcode of SAMPLE) expect(passcode).toMatch(/^ARDOR(-[0-9A-HJKMNP-TV-Z]{5}){6}$/);
  });

  it('has at least 128 random bits: every place takes all of 32 letters, evenly', () => {
    const places = SAMPLE.map((passcode) => passcode.slice(6).replaceAll('-', ''));
    const length = places[0]?.length ?? 0;
    let bits = 0;
    for (let at = 0; at < length; at++) {
      const counts = new Map<string, number>();
      for (const letters of places) counts.set(letters.charAt(at), (counts.get(letters.charAt(at)) ?? 0) + 1);
      // Each is expected 625 times, with a standard deviation of 25. Seven deviations would not be chance.
      for (const count of counts.values()) expect(Math.abs(count - SAMPLE.length / 32)).toBeLessThan(175);
      bits += Math.log2(counts.size);
    }
    expect(bits).toBeGreaterThanOrEqual(128);
    expect(bits).toBe(150);
  });

  it('is never the same', () => {
    expect(new Set(SAMPLE).size).toBe(SAMPLE.length);
  });
});
