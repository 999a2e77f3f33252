import { DEMO } from '@ardor/domain/message/demo';
import type { Target } from './attack.js';
import type { ApiResponse } from './post-json.js';

/** The most that a batch may have. */
export const IDS_OF_A_BATCH = 1_000;

/** The attacker's own client, if the command names one: the demo client has no limits of its own. */
export const credentialsOf = (option: Target['option']) => ({
  client_id: option('client', DEMO.clientId),
  passcode: option('passcode', DEMO.passcode),
});

/** Counts what became of each item of a batch. */
export function countResults(outcomes: Map<string, number>, response: ApiResponse | undefined): void {
  const { results } = (response?.body ?? {}) as { readonly results?: readonly Record<string, string>[] };
  for (const { error_code = 'no response', reason = '' } of results ?? [response?.body ?? {}]) {
    const outcome = `${error_code} ${reason}`.trim();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
}
