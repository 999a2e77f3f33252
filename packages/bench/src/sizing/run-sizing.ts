import type { BenchResult } from '../report/result.js';
import { runBench } from '../run-bench.js';
import { USUAL, type StageDeps } from '../stage/stage.js';
import { messageCosts, SIZED_SCENARIOS, type MessageCosts } from './message-costs.js';
import { planCores, type Sizing } from './plan-cores.js';
import { readResult } from './read-result.js';
import type { SizingOptions } from './sizing-options.js';
import { sizingTable } from './sizing-table.js';

const RATES = [1_000, 10_000, 80_000];
const UTILISATION = 0.6;

/** A result of the bench, which `--from` reads again, and what follows from it. */
interface SizingResult extends BenchResult {
  readonly sizing: { readonly costs: MessageCosts; readonly sizings: readonly Sizing[] };
}

export async function runSizing(
  options: SizingOptions,
  deps: StageDeps,
): Promise<{ readonly text: string; readonly result: SizingResult }> {
  const { from, receipts } = options;
  const result = from === undefined ? await measure(options, deps) : readResult(from);
  const costs = messageCosts(result);
  const terms = { rates: RATES, utilisation: UTILISATION, receiptsPerMessage: receipts };
  const sizings = planCores(costs, terms);
  const batch = from === undefined ? options.batch : undefined;
  const text = sizingTable({ result, costs, sizings, terms, batch });
  return { text, result: { ...result, sizing: { costs, sizings } } };
}

const measure = ({ seconds, rounds, node, batch }: SizingOptions, deps: StageDeps): Promise<BenchResult> =>
  runBench(
    { ...USUAL, seconds, rounds, node, batch, latency: false, json: undefined, scenarios: SIZED_SCENARIOS },
    deps,
  );
