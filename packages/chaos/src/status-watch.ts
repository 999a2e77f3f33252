/** Statuses as the API tells them, in the order in which a message may have them. */
const RANKS: Readonly<Record<string, number>> = { queuing: 0, sent: 1, delivered: 2, error: 2 };

const rank = (status: string): number => RANKS[status] ?? -1;

/** Whether a message that was seen as `before` may not be `after` any more. */
export const isReversal = (before: string, after: string): boolean =>
  rank(after) < rank(before) || (rank(before) === 2 && after !== before);

export interface StatusWatch {
  /** A query leaves now; what it returns hears of the answer once it has fully arrived. */
  ask(id: string): (status: string) => void;
  /** How many answers told of a status before one that an earlier answer had told of. */
  reversals(): number;
  /** The furthest status that was told of each message. */
  readonly seen: ReadonlyMap<string, string>;
}

/**
 * A status moves forward only, whichever copy is asked. Two queries that overlap may be answered in either order, so an
 * answer is compared with what had arrived before its own query left, and with nothing later.
 */
export function watchStatuses(): StatusWatch {
  const seen = new Map<string, string>();
  let reversals = 0;
  return {
    seen,
    reversals: () => reversals,
    ask: (id) => {
      const before = seen.get(id);
      return (status) => {
        if (before !== undefined && isReversal(before, status)) reversals++;
        const furthest = seen.get(id);
        if (furthest === undefined || rank(status) > rank(furthest)) seen.set(id, status);
      };
    },
  };
}
