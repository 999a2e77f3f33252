import type { RunResult } from './run.js';
import { percentile } from './random.js';

/** What a whole run found, at both kinds of carrier; times in milliseconds, null where nothing was measured. */
export function report(plain: RunResult, deduplicating: RunResult) {
  const both = [plain, deduplicating];
  const sum = (pick: (result: RunResult) => number): number => both.reduce((total, result) => total + pick(result), 0);
  const spread = (samples: readonly number[]) => ({ p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) });
  const most = (samples: readonly number[]) => ({ ...spread(samples), max: percentile(samples, 1) });
  return {
    kills: {
      ingress: sum(({ tally }) => tally.kills.ingress),
      worker: sum(({ tally }) => tally.kills.worker),
      redis: sum(({ tally }) => tally.kills.redis),
      postgres: sum(({ tally }) => tally.kills.postgres),
    },
    accepted: sum(({ accepted }) => accepted),
    lost: sum(({ lost }) => lost),
    duplicated: { deduplicating_carrier: deduplicating.duplicated, plain_carrier: plain.duplicated },
    outcome_unknown: sum(({ outcome_unknown }) => outcome_unknown),
    stuck: sum(({ stuck }) => stuck),
    wrong_status: sum(({ wrong_status }) => wrong_status),
    number_rule_violations: sum(({ number_rule_violations }) => number_rule_violations),
    takeover_ms: spread(both.flatMap(({ tally }) => tally.takeover)),
    resume_ms: {
      redis: most(both.flatMap(({ tally }) => tally.resume.redis)),
      postgres: most(both.flatMap(({ tally }) => tally.resume.postgres)),
    },
    hang_503_ms: spread(both.flatMap(({ hang503 }) => hang503)),
  };
}

export type Report = ReturnType<typeof report>;

/** What is wrong with a run; empty when it kept every promise that does not depend on the machine's speed. */
export function broken({ lost, stuck, wrong_status, duplicated, number_rule_violations }: Report): string[] {
  const counts = { lost, stuck, wrong_status, number_rule_violations, ...duplicated };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}`);
}
