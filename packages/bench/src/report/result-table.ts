import type { BenchResult } from '../run-scenarios.js';
import type { Measurement } from '../scenarios/measurement.js';
import { aligned, number } from './aligned.js';

const HEAD = ['', 'msg/s', 'errors', 'ingress', 'worker', 'redis', 'postgres', 'total', 'p50', 'p99', 'p99.9', 'loop'];

/** Printed below Kannel's figures: they count other things than Ardor's. */
const KANNEL_NOTE = [
  'kannel: smsbox counts as ingress, bearerbox as worker. It keeps messages in memory, its default: a crash loses what',
  '  it accepted. It logs warnings and worse only, and nothing of its SMPP link. It submits while it accepts.',
  "kannel-end-to-end ends at the SMSC's answer for the last message, like end-to-end-sent. end-to-end ends at the receipt.",
];

/** Formats a result for the terminal. */
export function resultTable({ machine, scenarios, ratios, warnings }: BenchResult): string {
  const rows = Object.entries(scenarios).map(([name, one]) => [name, ...cells(one)]);
  const memory = Object.entries(scenarios).flatMap(([name, one]) => (one.memory ? [memoryLine(name, one.memory)] : []));
  return [
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', '),
    '',
    'CPU in µs a message, latency in ms at half of the full rate or at --rate, medians of the rounds. total: CPU of all',
    'processes. loop: p99 of the event-loop delay in ms, without the 10 ms of sampling.',
    '',
    ...aligned([HEAD, ...rows]),
    '',
    ...memory,
    ...aligned(Object.entries(ratios).map(([name, value]) => [name, value.toFixed(2)])),
    ...('kannel' in scenarios || 'kannel-end-to-end' in scenarios ? KANNEL_NOTE : []),
    ...warnings.map((line) => `warning: ${line}`),
  ].join('\n');
}

function cells({ per_second, errors, cpu_us, latency_ms, loop_delay_p99_ms }: Measurement): string[] {
  const { ingress, worker, redis, postgres, total } = cpu_us;
  const cpu = [ingress, worker, redis, postgres, total].map((micros) => number(micros, 1));
  const { p50 = null, p99 = null, p999 = null } = latency_ms ?? {};
  const times = [p50, p99, p999, loop_delay_p99_ms].map((ms) => number(ms, 2));
  return [number(per_second, 0), number(errors, 0), ...cpu, ...times];
}

const memoryLine = (name: string, memory: NonNullable<Measurement['memory']>): string =>
  `${name}: ${number(memory.redis_bytes_per_queued, 0)} bytes of Redis for each message that waits, ` +
  `${number(memory.postgres_bytes_per_row, 0)} of Postgres for each row`;
