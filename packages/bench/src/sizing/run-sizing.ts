import { runScenarios } from '../run-scenarios.js';
import type { ProcessDeps } from '../session/session.js';
import { messageCosts, SIZED_SCENARIOS } from './message-costs.js';
import { sizingTable } from './sizing-table.js';

/** Measures what a message costs, and says how many cores that makes. */
export async function runSizing(
  options: { readonly seconds: number; readonly rounds: number },
  deps: ProcessDeps,
): Promise<{ readonly text: string }> {
  const { scenarios, machine } = await runScenarios(
    { ...options, ingresses: 1, workers: 1, latencyRate: undefined, scenarios: SIZED_SCENARIOS },
    deps,
  );
  return { text: sizingTable(messageCosts(scenarios), machine) };
}
