import { describe, expect, it } from '@jest/globals';
import { killed } from './counters.js';
import { run } from './run.js';

/** These seeds begin with short faults of nearly every kind. `pnpm chaos` runs longer. */
const KILLS = Number(process.env['CHAOS_KILLS'] ?? 8);

describe.each([
  ['plain', false, 131],
  ['deduplicating', true, 112],
])('a short chaos run at a %s carrier', (_, deduplicates, seed) => {
  it('loses nothing, sends nothing twice, leaves nothing stuck', async () => {
    const result = await run({
      kills: KILLS,
      seed,
      minutes: 2,
      deduplicates,
      sendsPerSecond: 40,
      progress: () => undefined,
    });
    expect(result).toMatchObject({
      lost: 0,
      duplicated: 0,
      stuck: 0,
      number_rule_violations: 0,
      status_reversals: 0,
      late_settlements: 0,
    });
    expect(result.accepted).toBeGreaterThan(0);
    expect(killed(result.counters)).toBeGreaterThanOrEqual(KILLS);
  }, 400_000);
});
