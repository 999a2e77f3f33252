import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';

const TICK_MS = 20;

export const attack: Attack = {
  summary: 'Logs in with random client ids and random passcodes (option rate: how many a second, 1900).',
  run: async ({ api, seconds, option }) => {
    const perTick = (Number(option('rate', '1900')) * TICK_MS) / 1000;
    const agent = new Agent({ connections: 64, headersTimeout: 10_000, bodyTimeout: 10_000 });
    const outcomes = new Map<string, number>();
    const inFlight = new Set<Promise<void>>();
    const logIn = async (): Promise<void> => {
      const credentials = { client_id: randomBytes(9).toString('hex'), passcode: randomBytes(12).toString('hex') };
      const response = await postJson(`${api}/api/sms/v1/querysms`, credentials, agent);
      const outcome = response ? `${response.status} ${response.body['reason'] ?? ''}` : 'no response';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1000;
    let due = 0;
    while (performance.now() < endsAt) {
      for (due += perTick; due >= 1; due--) {
        const one = logIn();
        inFlight.add(one);
        void one.finally(() => inFlight.delete(one));
      }
      await setTimeout(TICK_MS);
    }
    await Promise.all(inFlight);
    const took = (performance.now() - startedAt) / 1000;
    await agent.close();
    return [...outcomes].map(([outcome, count]) => `${outcome}: ${count} (${(count / took).toFixed(0)} a second)`);
  },
};
