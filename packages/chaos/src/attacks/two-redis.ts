import { DEMO } from '@ardor/domain/message/demo';
import { startOwnRedis } from '@ardor/testkit/own-redis';
import { Agent } from 'undici';
import type { Attack } from '../attack.js';
import { postJson } from '../post-json.js';
import { startSecondIngress } from '../second-ingress.js';

export const attack: Attack = {
  summary: 'Starts an ingress with another Redis on the same database, and sends through both (settings: ARDOR_HOME).',
  run: async ({ seconds }) => {
    const redis = await startOwnRedis();
    const ingress = await startSecondIngress({ REDIS_URL: redis.url, LIMITER_REDIS_URL: redis.url });
    const agent = new Agent();
    const outcomes = new Map<string, number>();
    try {
      let number = Date.now() % 80_000_000;
      const endsAt = performance.now() + seconds * 1000;
      while (performance.now() < endsAt) {
        const message = { phone_number: `+86138${String(number++).padStart(8, '0')}`, templet_id: DEMO.templateId };
        const response = await postJson(
          `${ingress.url}/api/sms/v1/sendsms`,
          { ...message, contents: [{ p1: '1' }] },
          agent,
        );
        const outcome = `${String(response?.status)} ${response?.body['reason'] ?? ''}`.trim();
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      const readiness = await (await fetch(`${ingress.opsUrl}/readyz`)).text();
      return [...[...outcomes].map(([outcome, count]) => `through the other ingress: ${outcome}: ${count}`), readiness];
    } finally {
      await agent.close();
      await ingress.stop();
      await redis.remove();
    }
  },
};
