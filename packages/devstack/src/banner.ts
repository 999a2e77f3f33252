import { DEMO } from '@ardor/domain/message/demo';

export interface Addresses {
  httpPort: number;
  ingressOpsPort: number;
  workerOpsPort: number;
  /** Base URL of the carrier that takes the messages. */
  simulatorUrl: string;
  /** The password itself, or the variable it came from. */
  dashboardPassword: string;
  logs: string;
}

/** What the person sees when everything is up: where things are, and a request to paste. */
export function banner(at: Addresses): string {
  const rows = [
    ['API', `http://127.0.0.1:${at.httpPort}`],
    ['Dashboard', `http://127.0.0.1:${at.ingressOpsPort}/queues`],
    ['', `user ardor, password ${at.dashboardPassword}`],
    ['Ops of the ingress', `http://127.0.0.1:${at.ingressOpsPort}  (/healthz, /readyz, /metrics)`],
    ['Ops of the worker', `http://127.0.0.1:${at.workerOpsPort}  (/healthz, /readyz, /metrics)`],
    ['Carrier', at.simulatorUrl],
    ['Logs', at.logs],
  ] as const;
  return [
    '',
    'Ardor is up.',
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(20)}${value}`),
    '',
    'Send a message:',
    '',
    curl(at.httpPort),
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function curl(port: number): string {
  const body = {
    client_id: DEMO.clientId,
    passcode: DEMO.passcode,
    phone_number: '13800138000',
    templet_id: DEMO.templateId,
    contents: [{ p1: '8888' }],
  };
  const url = `http://127.0.0.1:${port}/api/sms/v1/sendsms`;
  return `curl -s ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
}
