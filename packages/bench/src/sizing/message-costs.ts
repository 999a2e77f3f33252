import type { Measurement } from '../scenarios/measurement.js';

export const PARTS = ['ingress', 'worker', 'redis', 'postgres'] as const;

/** CPU of one message in each part of the system, in microseconds. */
export type PartCosts = Readonly<Record<(typeof PARTS)[number], number>>;

export interface MessageCosts {
  /** Accepted by itself, then claimed, sent and settled. */
  readonly single: PartCosts;
  /** Accepted in a batch, then the same. */
  readonly batch: PartCosts;
  /** One receipt. */
  readonly receipt: PartCosts;
}

export const SIZED_SCENARIOS = ['accept', 'accept-batch', 'drain', 'end-to-end'] as const;

type Measured = Partial<Record<(typeof SIZED_SCENARIOS)[number], Pick<Measurement, 'cpu_us'>>>;

/** Throws, with the scenario's name, where one was not measured. */
export function messageCosts(scenarios: Measured): MessageCosts {
  const costOf = (name: keyof Measured): PartCosts => {
    const cpu = scenarios[name]?.cpu_us;
    if (!cpu || cpu.total === null) throw new Error(`${name}: no CPU was measured`);
    return forParts((part) => cpu[part] ?? 0);
  };
  const drain = costOf('drain');
  const single = add(costOf('accept'), drain);
  return { single, batch: add(costOf('accept-batch'), drain), receipt: receiptCost(costOf('end-to-end'), single) };
}

/**
 * What end-to-end needs beyond accepting and sending; a receipt costs the worker and Redis nothing. It is an upper bound,
 * because a run below full speed has smaller batches. Zero where noise was larger than a receipt.
 */
const receiptCost = (whole: PartCosts, parts: PartCosts): PartCosts => ({
  ingress: Math.max(0, whole.ingress - parts.ingress),
  worker: 0,
  redis: 0,
  postgres: Math.max(0, whole.postgres - parts.postgres),
});

const add = (one: PartCosts, other: PartCosts): PartCosts => forParts((part) => one[part] + other[part]);

export const forParts = (value: (part: (typeof PARTS)[number]) => number): PartCosts => ({
  ingress: value('ingress'),
  worker: value('worker'),
  redis: value('redis'),
  postgres: value('postgres'),
});
