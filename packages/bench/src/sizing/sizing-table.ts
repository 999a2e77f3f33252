import { aligned, number } from '../report/aligned.js';
import type { Machine } from '../session/machine.js';
import { BATCH } from '../session/session.js';
import { forParts, type MessageCosts, type PartCosts, PARTS } from './message-costs.js';

const RATES = [1_000, 10_000, 80_000];
/** What is left is for peaks, retries and a machine that fails. */
const UTILISATION = 0.6;
const KINDS = ['single', 'batch', 'receipt'] as const;
const LABELS = { single: 'single', batch: 'batch', receipt: '+ receipts' } as const;

/** The cores of each part at a rate; each is used at 60 %. */
export const coresFor = (costs: PartCosts, perSecond: number): PartCosts =>
  forParts((part) => (costs[part] * perSecond) / 1e6 / UTILISATION);

export function sizingTable(
  costs: MessageCosts,
  { cpu, cores, node }: Pick<Machine, 'cpu' | 'cores' | 'node'>,
): string {
  const micros = KINDS.map((kind) => [LABELS[kind], ...PARTS.map((part) => number(costs[kind][part], 1))]);
  const rows = RATES.flatMap((rate) =>
    KINDS.map((kind) => {
      const needed = coresFor(costs[kind], rate);
      const { ingress, worker, redis, postgres } = needed;
      const cells = [ingress, worker, redis, postgres, ingress + worker + redis + postgres];
      // Redis has one thread for commands, so each core is a server of its own.
      return [
        rate.toLocaleString('en-US'),
        LABELS[kind],
        ...cells.map((one) => number(one, 1)),
        String(Math.ceil(redis)),
      ];
    }),
  );
  return [
    'CPU in µs a message:',
    '',
    ...aligned([['', ...PARTS], ...micros]),
    '',
    `Cores, each used at ${UTILISATION * 100} %:`,
    '',
    ...aligned([['sends/s', '', ...PARTS, 'all', 'redis shards'], ...rows]),
    '',
    `- A core is one of this machine: ${cpu} (${cores} of them), Node ${node}.`,
    `- A batch has ${BATCH} messages. Every message is delivered at the first try.`,
    '- Add the receipts, one a message, to either line. A receipt costs what end-to-end needs beyond accept and drain.',
    '  That is an upper bound and the roughest figure here.',
    '- CPU was measured at full speed. A slower stream has smaller batches and costs more a message.',
    '- The cores of Postgres are of one server; its disk, locks and connections are not sized here. Neither are carriers,',
    '  networks and spares.',
  ].join('\n');
}
