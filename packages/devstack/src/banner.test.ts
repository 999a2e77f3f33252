import { describe, expect, it } from '@jest/globals';
import { banner } from './banner.js';

describe('banner', () => {
  it('shows a request that can be pasted, and where everything is', () => {
    const text = banner(
      { httpPort: 8081, ingressOpsPort: 9190, workerOpsPort: 9191 },
      { simulatorUrl: 'http://127.0.0.1:8190', dashboardPassword: 'swordfish', logs: '/srv/ardor/.ardor/logs' },
    );
    expect(text).toContain(
      `curl -s http://127.0.0.1:8081/api/sms/v1/sendsms -H 'content-type: application/json' -d ` +
        `'{"client_id":"cookpad_Server_001","passcode":"ARDOR-7JF3-8F2E-QUWZ-CAN7F",` +
        `"phone_number":"13800138000","templet_id":"t1","contents":[{"p1":"8888"}]}'\n`,
    );
    for (const part of ['http://127.0.0.1:9190/queues', 'user ardor, password swordfish', ':9191', ':8190'])
      expect(text).toContain(part);
  });
});
