import { describe, expect, it } from '@jest/globals';
import { PAST, createTestRows, seconds } from '../../test/create-test-rows.js';
import { createFindOverdue, type FindOverdue } from './find-overdue.js';

const { db, put, row } = createTestRows();

describe('finding overdue messages', () => {
  const find = (...args: Parameters<FindOverdue>) => createFindOverdue(db().database)(...args);

  it('returns the jobs that should carry them, and changes nothing', async () => {
    const id = await put({ lane: `'bulk'` });
    const before = await row(id);
    expect(await find(10, undefined)).toEqual({ messages: [{ id, lane: 'bulk', chunkId: id }], next: undefined });
    expect({ ...(await row(id)), dueIn: 0 }).toEqual({ ...before, dueIn: 0 });
  });

  it('skips messages that are not due, have expired or are not queuing', async () => {
    await put({ due_at: seconds(1) });
    await put({ expires_at: PAST });
    for (const status of ['sending', 'uncertain', 'sent', 'delivered', 'error']) await put({ status: `'${status}'` });
    expect((await find(10, undefined)).messages).toEqual([]);
  });

  it('pages through all of them once, oldest first, also when many are due at the same moment', async () => {
    const young = [];
    for (let count = 0; count < 7; count++) young.push(await put({ due_at: `date_trunc('minute', now())` }));
    const old = await put({ due_at: `now() - interval '10 minutes'` });
    const found: string[] = [];
    let page = await find(3, undefined);
    for (; page.next; page = await find(3, page.next)) found.push(...page.messages.map(({ id }) => id));
    found.push(...page.messages.map(({ id }) => id));
    expect(found).toEqual([old, ...young.sort()]);
  });
});
