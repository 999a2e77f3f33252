import { describe, expect, it } from '@jest/globals';
import { okResponse } from '../http/response.js';
import { createIngressMetrics } from './metrics.js';

describe('answers', () => {
  // They are taken over by five hundreds, or when somebody looks.
  it.each([1, 499, 500, 501, 1_200])('are all counted when somebody looks, %d of them', async (count) => {
    const { observeExchange, registry } = createIngressMetrics();
    for (let n = 0; n < count; n++) observeExchange({ route: '/a', response: okResponse({}), seconds: 0.002 });
    observeExchange({
      route: '/a',
      response: { ...okResponse({}), status: 429, reason: 'number_rate_limited' },
      seconds: 0.3,
    });
    for (const look of ['first', 'second']) {
      const text = await registry.metrics();
      expect({ look, text }).toEqual({
        look,
        text: expect.stringContaining(`ardor_http_replies_total{route="/a",status="200",reason="ok"} ${count}\n`),
      });
      expect(text).toContain('ardor_http_replies_total{route="/a",status="429",reason="number_rate_limited"} 1\n');
      expect(text).toContain(`ardor_http_seconds_bucket{le="0.0025",route="/a"} ${count}\n`);
      expect(text).toContain(`ardor_http_seconds_count{route="/a"} ${count + 1}\n`);
    }
  });
});
