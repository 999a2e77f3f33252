import { createBaseMetrics } from '@ardor/runtime/observability/metrics';
import { expect, it } from '@jest/globals';
import { createReportClosed } from './report-closed-connections.js';

it('counts every closed connection, and logs the limit once a minute', async () => {
  const metrics = createBaseMetrics();
  const lines: unknown[] = [];
  let now = 0;
  const report = createReportClosed({
    log: { warn: (event, fields) => void lines.push([event, fields]) },
    ...{ metrics, maxConnections: 7, now: () => now },
  });
  report('silence');
  report('broken');
  expect(lines).toEqual([]);
  for (const cause of ['limit', 'room', 'flood', 'limit'] as const) report(cause);
  expect(lines).toEqual([['connection limit reached', { count: 7 }]]);
  now = 59_999;
  report('room');
  expect(lines).toHaveLength(1);
  now = 60_000;
  report('room');
  expect(lines).toHaveLength(2);
  const text = await metrics.registry.metrics();
  for (const line of ['cause="silence"} 1', 'cause="limit"} 2', 'cause="room"} 3'])
    expect(text).toContain(`ardor_connections_closed_total{port="api",${line}`);
});
