import { request } from 'undici';
import type { Acknowledged, Load } from './load.js';
import type { Query } from './query.js';
import { illegalChanges, lateSettlements } from './status-audit.js';
import { isReversal } from './status-watch.js';

interface Row {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface Verdict {
  readonly accepted: number;
  /** Acknowledged, but not in the database, or ended without having reached the carrier. */
  readonly lost: number;
  /** References that the carrier took more than once. */
  readonly duplicated: number;
  readonly outcome_unknown: number;
  /** Neither delivered nor in error long after the last fault. */
  readonly stuck: number;
  /** In error although their script ends in `delivered`. */
  readonly wrong_status: number;
  /** Stored sends to one number less than a slot's life apart. */
  readonly number_rule_violations: number;
  /** Responses and rows that went back in a message's life, and changes that the status machine does not have. */
  readonly status_reversals: number;
  /** Settlements by workers that no longer held the message. */
  readonly late_settlements: number;
}

/** Compares what the API acknowledged with the rows and with what the carrier took. */
export async function judge(
  query: Query,
  simulator: string,
  { acknowledged, statuses }: Pick<Load, 'acknowledged' | 'statuses'>,
): Promise<Verdict> {
  const rows = new Map((await query<Row>('SELECT id, status, reason FROM messages')).map((row) => [row.id, row]));
  const seen = await referencesTakenBy(simulator, acknowledged);
  const states = acknowledged.map(({ id }) => ({ id, row: rows.get(id) }));
  const ledger = (await (await request(`${simulator}/ledger`)).body.json()) as { duplicates: unknown[] };
  return {
    accepted: acknowledged.length,
    lost: states.filter(({ id, row }) => !row || isLost(row, seen.has(id))).length,
    duplicated: ledger.duplicates.length,
    outcome_unknown: states.filter(({ row }) => row?.reason === 'outcome_unknown').length,
    stuck: states.filter(({ row }) => row && !['delivered', 'error'].includes(row.status)).length,
    wrong_status: states.filter(({ row }) => row && isWrong(row)).length,
    number_rule_violations: await ruleViolations(query),
    status_reversals:
      statuses.reversals() +
      states.filter(({ id, row }) => row && isReversal(statuses.seen.get(id) ?? 'queuing', row.status)).length +
      (await illegalChanges(query)),
    late_settlements: await lateSettlements(query),
  };
}

/** Every script of the load ends in `delivered` or, where nobody can know, in `outcome_unknown`. The carrier refuses none. */
const isLost = ({ status }: Row, taken: boolean): boolean => ['delivered', 'error'].includes(status) && !taken;

const isWrong = ({ status, reason }: Row): boolean => status === 'error' && reason !== 'outcome_unknown';

/** Lookups in flight: the carrier is slow to answer. */
const LOOKUPS = 512;

async function referencesTakenBy(
  simulator: string,
  acknowledged: readonly Acknowledged[],
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  let next = 0;
  const lookUp = async (): Promise<void> => {
    for (let one = acknowledged[next++]; one; one = acknowledged[next++]) {
      const { statusCode, body } = await request(`${simulator}/messages/${one.id}`);
      const { id } = (await body.json()) as { id?: string };
      if (statusCode === 200 && id) taken.add(one.id);
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS }, lookUp));
  return taken;
}

/** A slot's grant ends before a row may be stored with it any more: 0.9 s after the slot was taken. */
const STORED_APART_MS = 59_000;

/**
 * Checks all stored sends, also those without a response, by the time at which the database stored them. A process' clock
 * plays no part: the ids have the time of the process that made them.
 */
async function ruleViolations(query: Query): Promise<number> {
  const [row] = await query<{ count: string }>(
    `WITH pairs AS (
       SELECT extract(epoch FROM accepted_at - lag(accepted_at) OVER (PARTITION BY phone_mac ORDER BY accepted_at)) * 1000 AS gap
       FROM messages WHERE phone_mac <> ''
     )
     SELECT count(*) FROM pairs WHERE gap < ${STORED_APART_MS}`,
  );
  return Number(row?.count ?? 0);
}
