import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestIngress, type TestIngress } from '../../test/create-test-ingress.js';
import { rawAnswers } from '../../test/raw-http.js';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
});
afterAll(() => ingress.close());

const GET = 'GET /x HTTP/1.1\r\nhost: x\r\n\r\n';

it('what never became a request is in the metrics, with its reason and no route', async () => {
  const { apiServer } = ingress;
  for (const text of ['HELLO\r\n\r\n', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, GET])
    await rawAnswers(apiServer, [text]);
  const { text } = await ingress.ops.get('/metrics');
  for (const line of [
    'status="400",reason="invalid_http"',
    'status="431",reason="headers_too_large"',
    'status="404",reason="route_unknown"',
  ])
    expect(text).toContain(`ardor_http_replies_total{route="none",${line}} 1\n`);
});

it('what cannot be read behind a request is in the metrics', async () => {
  await expect(rawAnswers(ingress.apiServer, [`${GET}HELLO\r\n\r\n`], 2)).rejects.toThrow('closed after');
  const { text } = await ingress.ops.get('/metrics');
  expect(text).toContain('ardor_connections_closed_total{port="api",cause="broken"} 1\n');
});

it.each(['/API/sms/v1/sendsms', '/api/sms/v1/SendSms', '/api/sms/v1/sendsms/', '/api/sms/v1//sendsms'])(
  '%s is no path of the API',
  async (path) => {
    const answer = await ingress.api.post(path).send({});
    expect([answer.status, (answer.body as { reason: string }).reason]).toEqual([404, 'route_unknown']);
  },
);

it.each(['/HEALTHZ', '/healthz/', '/Metrics', '/readyz/', '/Queues', '/QUEUES/queue/otp'])(
  '%s is no path of the ops port',
  async (path) => {
    expect((await ingress.ops.get(path)).text).not.toContain('DASHBOARD_PASSWORD');
    expect((await ingress.ops.get(path)).status).toBe(404);
  },
);
