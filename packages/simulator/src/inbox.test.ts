import { describe, expect, it } from '@jest/globals';
import { createInbox } from './inbox.js';

describe('the inbox', () => {
  it('keeps the latest and forgets the rest', () => {
    const inbox = createInbox(3);
    for (const text of ['1', '2', '3', '4', '5']) inbox.add('+8613800138000', text, 'taken');
    expect(inbox.latest(10, '').map(({ text }) => text)).toEqual(['5', '4', '3']);
    expect(inbox.latest(2, '').map(({ text }) => text)).toEqual(['5', '4']);
  });

  it('does not settle a message in the place of one it forgot', () => {
    const inbox = createInbox(2);
    const first = inbox.add('+8613800138000', '1', 'taken');
    inbox.add('+8613800138000', '2', 'taken');
    const third = inbox.add('+8613800138000', '3', 'taken');
    inbox.settle(first, 'undelivered');
    inbox.settle(third, 'delivered');
    expect(inbox.latest(10, '').map(({ state }) => state)).toEqual(['delivered', 'taken']);
  });
});
