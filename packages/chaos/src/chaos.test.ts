import { describe, expect, it } from '@jest/globals';
import { run } from './run.js';

/** Seeds whose first faults are short and of nearly every kind; `pnpm chaos` runs longer. */
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
    const { accepted, lost, duplicated, stuck, number_rule_violations, status_reversals, late_settlements } = result;
    expect({ lost, duplicated, stuck, number_rule_violations, status_reversals, late_settlements }).toEqual({
      ...{ lost: 0, duplicated: 0, stuck: 0, number_rule_violations: 0, status_reversals: 0, late_settlements: 0 },
    });
    expect(accepted).toBeGreaterThan(0);
    expect(Object.values(result.counters.kills).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(KILLS);
  }, 400_000);
});
