/** Statuses of the API, in the order in which a message may have them. */
const RANKS: Readonly<Record<string, number>> = { queuing: 0, sent: 1, delivered: 2, error: 2 };

const rank = (status: string): number => RANKS[status] ?? -1;

/** Whether a message that was seen as `before` must not be `after`. */
export const isReversal = (before: string, after: string): boolean =>
  rank(after) < rank(before) || (rank(before) === 2 && after !== before);

export interface StatusWatch {
  /** Call it when a query leaves, and the function that it returns when the response has arrived. */
  ask(id: string): (status: string) => void;
  /** How many responses reported an earlier status than a response before them. */
  reversals(): number;
  /** The furthest status that was reported of each message. */
  readonly seen: ReadonlyMap<string, string>;
}

/**
 * A status only moves forward, whichever copy is asked. Overlapping queries may be answered in either order. So a response
 * is compared only with responses that had arrived before its own query left.
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
