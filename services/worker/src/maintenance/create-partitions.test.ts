import { describe, expect, it } from '@jest/globals';
import { createPartitionsDuty } from './create-partitions.js';

const STATE = { oldestDays: 3, daysAhead: 30 };

describe('creating partitions', () => {
  it('creates those of the days ahead, and tells how far they reach', async () => {
    const told: unknown[] = [];
    const ensure = (days: number): Promise<number> => Promise.resolve(days);
    const partitions = { ensure, state: () => Promise.resolve(STATE) };
    const duty = createPartitionsDuty({ partitions, everyMs: 1, daysAhead: 30, onState: (state) => told.push(state) });
    expect(await duty.run()).toEqual({ moved: 30, more: false });
    expect(told).toEqual([STATE]);
  });

  it('tells it also when it could create none, so that the alert has its figure', async () => {
    const told: unknown[] = [];
    const ensure = (): Promise<number> => Promise.reject(new Error('no right'));
    const partitions = { ensure, state: () => Promise.resolve(STATE) };
    const duty = createPartitionsDuty({ partitions, everyMs: 1, daysAhead: 30, onState: (state) => told.push(state) });
    await expect(duty.run()).rejects.toThrow('no right');
    expect(told).toEqual([STATE]);
  });
});
