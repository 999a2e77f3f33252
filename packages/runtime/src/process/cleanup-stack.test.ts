import { describe, expect, it } from '@jest/globals';
import { createCleanupStack } from './cleanup-stack.js';

describe('createClosers', () => {
  it('closes last in first out, one after the other', async () => {
    const cleanup = createCleanupStack();
    const steps: string[] = [];
    for (const name of ['database', 'queue', 'server']) {
      cleanup.defer(name, async () => {
        steps.push(`${name} begins`);
        await new Promise(setImmediate);
        steps.push(`${name} ends`);
      });
    }
    expect(await cleanup.closeAll()).toEqual([]);
    expect(steps).toEqual(['server', 'queue', 'database'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('goes on after a failure and tells of each', async () => {
    const cleanup = createCleanupStack();
    const closed: string[] = [];
    const [late, sync] = [new Error('late'), new Error('sync')];
    cleanup.defer('first', () => Promise.resolve(closed.push('first')));
    cleanup.defer('second', () => Promise.reject(late));
    cleanup.defer('third', () => Promise.resolve(closed.push('third')));
    cleanup.defer('fourth', () => {
      throw sync;
    });
    expect(await cleanup.closeAll()).toEqual([
      { name: 'fourth', error: sync },
      { name: 'second', error: late },
    ]);
    expect(closed).toEqual(['third', 'first']);
  });

  it('closes once, however often it is told to', async () => {
    const cleanup = createCleanupStack();
    let times = 0;
    cleanup.defer('one', async () => {
      times++;
      await new Promise(setImmediate);
      throw new Error('x');
    });
    const [first, second] = await Promise.all([cleanup.closeAll(), cleanup.closeAll()]);
    expect(times).toBe(1);
    expect(second).toBe(first);
    expect(await cleanup.closeAll()).toBe(first);
  });

  it('closes what is pushed while it closes', async () => {
    const cleanup = createCleanupStack();
    const closed: string[] = [];
    cleanup.defer('outer', () => {
      cleanup.defer('inner', () => Promise.resolve(closed.push('inner')));
      return Promise.resolve(closed.push('outer'));
    });
    await cleanup.closeAll();
    expect(closed).toEqual(['outer', 'inner']);
  });

  it('has nothing to close at first', async () => {
    expect(await createCleanupStack().closeAll()).toEqual([]);
  });
});
