import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import { countResults, credentialsOf, IDS_OF_A_BATCH } from '../attack-batches.js';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';

const UNKNOWN = '01900000-0000-7000-8000-000000000000';

export const attack: Attack = {
  summary:
    'Asks for 1,000 messages in each of many batch queries, as one client (options client, passcode; rate: 30 a second).',
  run: async ({ api, seconds, option }) => {
    const credentials = credentialsOf(option);
    const pauseMs = 1000 / Number(option('rate', '30'));
    const body = { ...credentials, sms_uids: Array<string>(IDS_OF_A_BATCH).fill(UNKNOWN) };
    const agent = new Agent({ connections: 16, headersTimeout: 10_000, bodyTimeout: 10_000 });
    const outcomes = new Map<string, number>();
    const inFlight = new Set<Promise<void>>();
    const endsAt = performance.now() + seconds * 1000;
    while (performance.now() < endsAt) {
      const one = postJson(`${api}/api/sms/v1/querysms/batch`, body, agent).then((response) =>
        countResults(outcomes, response),
      );
      inFlight.add(one);
      void one.finally(() => inFlight.delete(one));
      await setTimeout(pauseMs);
    }
    await Promise.all(inFlight);
    await agent.close();
    return [...outcomes].map(([outcome, count]) => `${outcome}: ${count} (${(count / seconds).toFixed(0)} a second)`);
  },
};
