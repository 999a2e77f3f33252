import type { MessageStatus } from './status.js';

/** Every accepted message begins here (`insert-messages.ts`). Only the API text's demo message is stored as `delivered`. */
export const FIRST_STATUS: MessageStatus = 'queuing';

export interface Transition {
  /** The only statement that makes it, as a path in `packages/store/src`. */
  readonly statement: string;
  readonly from: readonly MessageStatus[];
  readonly to: readonly MessageStatus[];
}

/**
 * The status machine: which statement may move a message from any status of `from` to any status of `to`. A test of
 * the store runs each statement on each status and compares the moves with this table; the chaos run looks for moves
 * that are not in it.
 */
export const TRANSITIONS: readonly Transition[] = [
  { statement: 'messages/claim-messages', from: ['queuing'], to: ['sending'] },
  {
    statement: 'messages/settle-messages',
    from: ['sending', 'uncertain'],
    to: ['queuing', 'uncertain', 'sent', 'error'],
  },
  // A receipt may overtake the settlement, so it ends a message of any status that is not final.
  {
    statement: 'receipts/apply-receipts',
    from: ['queuing', 'sending', 'uncertain', 'sent'],
    to: ['delivered', 'error'],
  },
  { statement: 'recovery/release-claims', from: ['sending'], to: ['queuing', 'uncertain'] },
  { statement: 'recovery/expire-messages', from: ['queuing', 'uncertain'], to: ['error'] },
  { statement: 'erasure/erase-messages', from: ['queuing', 'uncertain'], to: ['error'] },
];

/** Every move of the table once, without those that keep the status. */
export function legalMoves(): { from: MessageStatus; to: MessageStatus }[] {
  const moves = TRANSITIONS.flatMap(({ from, to }) =>
    from.flatMap((one) => to.map((other) => ({ from: one, to: other }))),
  );
  const byName = new Map(moves.map((move) => [`${move.from} ${move.to}`, move]));
  return [...byName.values()].filter(({ from, to }) => from !== to);
}
