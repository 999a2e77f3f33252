import type { Counters } from './counters.js';
import type { RunResult } from './run.js';
import { percentile } from './random.js';

/** The result at both kinds of carrier. Times are in milliseconds, null where nothing was measured. */
export function report(plain: RunResult, deduplicating: RunResult) {
  const both = [plain, deduplicating];
  const sum = (pick: (result: RunResult) => number): number => both.reduce((total, result) => total + pick(result), 0);
  const all = (pick: (counters: Counters) => readonly number[]) => both.flatMap(({ counters }) => pick(counters));
  const spread = (samples: readonly number[]) => ({ p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) });
  const spreadAndMax = (samples: readonly number[]) => ({ ...spread(samples), max: percentile(samples, 1) });
  return {
    kills: {
      ingress: sum(({ counters }) => counters.kills.ingress),
      worker: sum(({ counters }) => counters.kills.worker),
      redis: sum(({ counters }) => counters.kills.redis),
      postgres: sum(({ counters }) => counters.kills.postgres),
    },
    pairs: sum(({ counters }) => counters.pairs),
    accepted: sum(({ accepted }) => accepted),
    lost: sum(({ lost }) => lost),
    duplicated: { deduplicating_carrier: deduplicating.duplicated, plain_carrier: plain.duplicated },
    outcome_unknown: sum(({ outcome_unknown }) => outcome_unknown),
    stuck: sum(({ stuck }) => stuck),
    wrong_status: sum(({ wrong_status }) => wrong_status),
    number_rule_violations: sum(({ number_rule_violations }) => number_rule_violations),
    status_reversals: sum(({ status_reversals }) => status_reversals),
    late_settlements: sum(({ late_settlements }) => late_settlements),
    standstills: sum(({ counters }) => counters.standstills),
    takeover_ms: spread(all((counters) => counters.takeover)),
    cut_off_takeover_ms: spreadAndMax(all((counters) => counters.isolatedTakeover)),
    others_paused_ms: spreadAndMax(all((counters) => counters.othersPaused)),
    paused_beside_dump_ms: spreadAndMax(all((counters) => counters.besideDump)),
    resume_ms: {
      redis: spreadAndMax(all((counters) => counters.recovery.redis)),
      postgres: spreadAndMax(all((counters) => counters.recovery.postgres)),
      two_at_once: spreadAndMax(all((counters) => counters.recovery.both)),
    },
    hang_503_ms: spread(both.flatMap(({ hang503 }) => hang503)),
  };
}

export type Report = ReturnType<typeof report>;

/** Lists the broken promises. Promises that depend on the machine's speed are left out. */
export function broken({ duplicated, ...report }: Report): string[] {
  const { lost, stuck, wrong_status, number_rule_violations, status_reversals, late_settlements, standstills } = report;
  const counts = { lost, stuck, wrong_status, number_rule_violations, status_reversals, late_settlements, standstills };
  return Object.entries({ ...counts, ...duplicated })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}`);
}
