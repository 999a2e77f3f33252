import { describe, expect, it } from '@jest/globals';
import { MESSAGE_STATUSES, publicStatus, type MessageStatus } from './status.js';
import { legalMoves, FIRST_STATUS } from './transitions.js';

const movesFrom = (status: MessageStatus): MessageStatus[] =>
  legalMoves()
    .filter(({ from }) => from === status)
    .map(({ to }) => to);

describe('the status machine', () => {
  it('has the legal moves of the diagram in status.ts', () => {
    expect(Object.fromEntries(MESSAGE_STATUSES.map((status) => [status, movesFrom(status).sort()]))).toEqual({
      queuing: ['delivered', 'error', 'sending'],
      sending: ['delivered', 'error', 'queuing', 'sent', 'uncertain'],
      uncertain: ['delivered', 'error', 'queuing', 'sent'],
      sent: ['delivered', 'error'],
      delivered: [],
      error: [],
    });
  });

  it('reaches every status from the first', () => {
    const reached = new Set<MessageStatus>([FIRST_STATUS]);
    for (const status of reached) for (const next of movesFrom(status)) reached.add(next);
    expect([...reached].sort()).toEqual([...MESSAGE_STATUSES].sort());
  });

  it('never shows a client a status that goes back', () => {
    const order = ['queuing', 'sent', 'delivered', 'error'];
    const shown = legalMoves().map(({ from, to }) => [publicStatus(from), publicStatus(to)] as const);
    for (const [before, after] of shown) expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(before));
  });
});
