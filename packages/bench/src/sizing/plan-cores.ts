import type { MessageCosts, StageCost } from './message-costs.js';

export interface Sizing {
  readonly perSecond: number;
  readonly what: keyof MessageCosts;
  /** Cores of which so large a share is used. */
  readonly cores: StageCost;
  /** Whole Redis servers: each has one thread for commands. For receipts, what they add to the others' cores decides. */
  readonly redisShards: number;
}

export interface SizingTerms {
  readonly rates: readonly number[];
  /** 0..1: what is left is for peaks, retries and a machine that fails. */
  readonly utilisation: number;
  readonly receiptsPerMessage: number;
}

const MICROS = 1_000_000;
const WHATS = ['single', 'batch', 'receipt'] as const;

export function planCores(costs: MessageCosts, { rates, utilisation, receiptsPerMessage }: SizingTerms): Sizing[] {
  return rates.flatMap((perSecond) =>
    WHATS.map((what) => {
      const times = what === 'receipt' ? perSecond * receiptsPerMessage : perSecond;
      const cores = (micros: number): number => (micros * times) / MICROS / utilisation;
      const { ingress, worker, redis, postgres } = costs[what];
      const needed = {
        ...{ ingress: cores(ingress), worker: cores(worker) },
        ...{ redis: cores(redis), postgres: cores(postgres) },
      };
      return { perSecond, what, cores: needed, redisShards: Math.ceil(needed.redis) };
    }),
  );
}
