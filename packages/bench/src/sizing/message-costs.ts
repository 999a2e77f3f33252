import type { CpuPerMessage } from '../cpu/cpu-groups.js';
import type { BenchResult } from '../report/result.js';

/** CPU for each message where it is spent, in microseconds. */
export interface StageCost {
  readonly ingress: number;
  readonly worker: number;
  readonly redis: number;
  readonly postgres: number;
}

export interface MessageCosts {
  /** Accepted by itself, then claimed, sent and settled. */
  readonly single: StageCost;
  /** Accepted among many, then the same. */
  readonly batch: StageCost;
  /** One receipt. */
  readonly receipt: StageCost;
}

export const SIZED_SCENARIOS = ['accept', 'accept-batch', 'drain', 'end-to-end'] as const;

/** Throws, with the scenario's name, where one was not measured. */
export function messageCosts({ scenarios }: Pick<BenchResult, 'scenarios'>): MessageCosts {
  const [single, batch, drain, whole] = SIZED_SCENARIOS.map((name) => {
    const spent = scenarios[name]?.cpu_us;
    if (!spent || spent.total === null) throw new Error(`${name}: no CPU was measured`);
    return costOf(spent);
  });
  if (!single || !batch || !drain || !whole) throw new Error('nothing was measured');
  const parts = combine(single, drain);
  return { single: parts, batch: combine(batch, drain), receipt: receiptCost(whole, parts) };
}

/**
 * What the whole way needs beyond its parts; neither the worker nor Redis has to do with receipts. An upper bound, since
 * a run that is nowhere at full speed packs less. Where the parts were dearer, noise was larger than a receipt.
 */
const receiptCost = (whole: StageCost, parts: StageCost): StageCost => ({
  ...{ ingress: Math.max(0, whole.ingress - parts.ingress), worker: 0 },
  ...{ redis: 0, postgres: Math.max(0, whole.postgres - parts.postgres) },
});

const costOf = ({ ingress, worker, redis, postgres }: CpuPerMessage): StageCost => ({
  ...{ ingress: ingress ?? 0, worker: worker ?? 0, redis: redis ?? 0, postgres: postgres ?? 0 },
});

const combine = (accept: StageCost, send: StageCost): StageCost => ({
  ...{ ingress: accept.ingress + send.ingress, worker: accept.worker + send.worker },
  ...{ redis: accept.redis + send.redis, postgres: accept.postgres + send.postgres },
});
