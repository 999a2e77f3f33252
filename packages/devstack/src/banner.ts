import { DEMO } from '@ardor/domain/message/demo';
import { type StartConfig } from './start-settings.js';

type Ports = Pick<StartConfig, 'httpPort' | 'ingressOpsPort' | 'workerOpsPort'>;

/** What the person sees when everything is up: where things are, and a request to paste. */
export function banner(
  { httpPort, ingressOpsPort, workerOpsPort }: Ports,
  { simulatorUrl, dashboardPassword, logs }: { simulatorUrl: string; dashboardPassword: string; logs: string },
): string {
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const body = JSON.stringify({
    client_id: DEMO.clientId,
    passcode: DEMO.passcode,
    phone_number: '13800138000',
    templet_id: DEMO.templateId,
    contents: [{ p1: '8888' }],
  });
  return `
Ardor is up.

  API                 ${url(httpPort)}
  Dashboard           ${url(ingressOpsPort)}/queues
                      user ardor, password ${dashboardPassword}
  Ops of the ingress  ${url(ingressOpsPort)}  (/healthz, /readyz, /metrics)
  Ops of the worker   ${url(workerOpsPort)}  (/healthz, /readyz, /metrics)
  Carrier             ${simulatorUrl}
  Logs                ${logs}

Send a message:

curl -s ${url(httpPort)}/api/sms/v1/sendsms -H 'content-type: application/json' -d '${body}'

Ctrl-C stops everything.
`;
}
