import { DEMO } from '@ardor/domain/message/demo';
import { Agent } from 'undici';
import { countResults, credentialsOf, IDS_OF_A_BATCH } from '../attack-batches.js';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';

export const attack: Attack = {
  summary:
    'Sends batches of 1,000 messages as fast as it can, as one client (options client, passcode; prefix: of the numbers, +86137; at-once: 4 batches).',
  run: async ({ api, seconds, option }) => {
    const credentials = credentialsOf(option);
    const prefix = option('prefix', '+86137');
    const agent = new Agent({ connections: 64, headersTimeout: 10_000, bodyTimeout: 10_000 });
    const outcomes = new Map<string, number>();
    let number = Date.now() % 80_000_000;
    const message = () => ({
      phone_number: `${prefix}${String(number++ % 100_000_000).padStart(8, '0')}`,
      templet_id: DEMO.templateId,
      contents: [{ p1: '8888' }],
    });
    const endsAt = performance.now() + seconds * 1000;
    const sender = async (): Promise<void> => {
      while (performance.now() < endsAt) {
        const body = { ...credentials, messages: Array.from({ length: IDS_OF_A_BATCH }, message) };
        countResults(outcomes, await postJson(`${api}/api/sms/v1/sendsms/batch`, body, agent));
      }
    };
    await Promise.all(Array.from({ length: Number(option('at-once', '4')) }, sender));
    await agent.close();
    return [...outcomes].map(([outcome, count]) => `${outcome}: ${count} (${(count / seconds).toFixed(0)} a second)`);
  },
};
