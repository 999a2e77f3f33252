import type { Measurement } from '../scenarios/measurement.js';
import type { ScenarioName } from '../scenarios/scenario.js';
import { medianOf } from './median.js';

/** The measurements of one round. */
export type Round = Partial<Record<ScenarioName, Measurement>>;

type Pick = (one: Measurement) => number | null;

const speed: Pick = ({ per_second }) => per_second;
const ingressCpu: Pick = ({ cpu_us }) => cpu_us.ingress;
const totalCpu: Pick = ({ cpu_us }) => cpu_us.total;

const RATIOS = {
  accept_cpu_vs_http_ceiling: [ingressCpu, 'accept', 'http-ceiling'],
  accept_vs_naive: [speed, 'accept', 'naive'],
  accept_total_cpu_vs_naive: [totalCpu, 'accept', 'naive'],
  accept_batch_vs_accept: [speed, 'accept-batch', 'accept'],
  query_vs_naive_query: [speed, 'query', 'naive-query'],
  drain_vs_naive_drain: [speed, 'drain', 'naive-drain'],
  accept_vs_kannel: [speed, 'accept', 'kannel'],
  accept_total_cpu_vs_kannel: [totalCpu, 'accept', 'kannel'],
  end_to_end_vs_kannel: [speed, 'end-to-end', 'kannel-end-to-end'],
  end_to_end_sent_vs_kannel: [speed, 'end-to-end-sent', 'kannel-end-to-end'],
  end_to_end_vs_naive_end_to_end: [speed, 'end-to-end', 'naive-end-to-end'],
} as const satisfies Record<string, readonly [Pick, ScenarioName, ScenarioName]>;

export type Ratios = Partial<Record<keyof typeof RATIOS, number>>;

/** Ratios are made inside each round, where both met the same machine; then the median. Absent when one was not run. */
export function ratios(rounds: readonly Round[]): Ratios {
  const entries = Object.entries(RATIOS).map(([name, [pick, above, below]]) => {
    const samples = rounds.map((round) => ratio(pick, round[above], round[below]));
    return [name, medianOf(samples)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function ratio(pick: Pick, above: Measurement | undefined, below: Measurement | undefined): number | null {
  const [over, under] = [above && pick(above), below && pick(below)];
  return typeof over === 'number' && typeof under === 'number' && under > 0 ? over / under : null;
}
