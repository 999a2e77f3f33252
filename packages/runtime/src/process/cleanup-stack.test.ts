import { describe, expect, it } from '@jest/globals';
import { createClosers } from './cleanup-stack.js';

describe('createClosers', () => {
  it('closes last in first out, one after the other', async () => {
    const closers = createClosers();
    const steps: string[] = [];
    for (const name of ['database', 'queue', 'server']) {
      closers.push(name, async () => {
        steps.push(`${name} begins`);
        await new Promise(setImmediate);
        steps.push(`${name} ends`);
      });
    }
    expect(await closers.closeAll()).toEqual([]);
    expect(steps).toEqual(['server', 'queue', 'database'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('goes on after a failure and tells of each', async () => {
    const closers = createClosers();
    const closed: string[] = [];
    const [late, sync] = [new Error('late'), new Error('sync')];
    closers.push('first', () => Promise.resolve(closed.push('first')));
    closers.push('second', () => Promise.reject(late));
    closers.push('third', () => Promise.resolve(closed.push('third')));
    closers.push('fourth', () => {
      throw sync;
    });
    expect(await closers.closeAll()).toEqual([
      { name: 'fourth', error: sync },
      { name: 'second', error: late },
    ]);
    expect(closed).toEqual(['third', 'first']);
  });

  it('closes once, however often it is told to', async () => {
    const closers = createClosers();
    let times = 0;
    closers.push('one', async () => {
      times++;
      await new Promise(setImmediate);
      throw new Error('x');
    });
    const [first, second] = await Promise.all([closers.closeAll(), closers.closeAll()]);
    expect(times).toBe(1);
    expect(second).toBe(first);
    expect(await closers.closeAll()).toBe(first);
  });

  it('closes what is pushed while it closes', async () => {
    const closers = createClosers();
    const closed: string[] = [];
    closers.push('outer', () => {
      closers.push('inner', () => Promise.resolve(closed.push('inner')));
      return Promise.resolve(closed.push('outer'));
    });
    await closers.closeAll();
    expect(closed).toEqual(['outer', 'inner']);
  });

  it('has nothing to close at first', async () => {
    expect(await createClosers().closeAll()).toEqual([]);
  });
});
