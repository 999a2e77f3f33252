import type { BenchResult } from '../report/result.js';
import { aligned, number } from '../report/aligned.js';
import type { MessageCosts } from './message-costs.js';
import type { Sizing, SizingTerms } from './plan-cores.js';

const HEAD = ['sends/s', '', 'ingress', 'worker', 'redis', 'shards', 'postgres', 'all'];
const LABELS = { single: 'single', batch: 'batch', receipt: '+ receipts' } as const;

export interface SizingTableParts {
  readonly result: Pick<BenchResult, 'environment'>;
  readonly costs: MessageCosts;
  readonly sizings: readonly Sizing[];
  readonly terms: SizingTerms;
  /** Undefined where the figures came from a file, which does not tell. */
  readonly batch: number | undefined;
}

export function sizingTable({ result, costs, sizings, terms, batch }: SizingTableParts): string {
  const rows = sizings.map(({ perSecond, what, cores, redisShards }) => {
    const { ingress, worker, redis, postgres } = cores;
    return [
      ...[perSecond.toLocaleString('en-US'), LABELS[what], number(ingress, 1), number(worker, 1), number(redis, 1)],
      ...[String(redisShards), number(postgres, 1), number(ingress + worker + redis + postgres, 1)],
    ];
  });
  const micros = Object.entries(costs).map(([what, { ingress, worker, redis, postgres }]) => [
    LABELS[what as keyof MessageCosts],
    ...[ingress, worker, redis, postgres].map((value: number) => number(value, 1)),
  ]);
  return [
    'CPU in µs for each message:',
    '',
    ...aligned([['', 'ingress', 'worker', 'redis', 'postgres'], ...micros]),
    '',
    `Cores of which ${Math.round(terms.utilisation * 100)} % are used:`,
    '',
    ...aligned([HEAD, ...rows]),
    '',
    ...assumptions(result, terms, batch),
  ].join('\n');
}

function assumptions({ environment }: SizingTableParts['result'], terms: SizingTerms, batch?: number): string[] {
  const { node, cpu, cores } = environment;
  return [
    `- A core is one of the machine that was measured: ${cpu} (${cores} of them), Node ${node}.`,
    `- A batch is ${batch === undefined ? 'as large as --batch was when it was measured' : `${batch} messages`}; a message is delivered at the first try.`,
    `- Receipts: ${terms.receiptsPerMessage} for each message, to be added to either line. One costs what end-to-end needs beyond`,
    '  accept and drain: an upper bound and the roughest figure here, a difference that holds smaller packs as well.',
    '- CPU for each message stays the same whatever the rate and the number of processes. It was measured at full speed;',
    '  a slower stream is packed less and costs more for each message.',
    '- Redis works with one thread: more than one core of it means shards. The cores of Postgres are of one server,',
    '  whose disk, locks and connections are not sized here. Neither are carriers, networks and spares.',
  ];
}
