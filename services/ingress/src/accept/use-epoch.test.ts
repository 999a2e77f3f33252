import { describe, expect, it } from '@jest/globals';
import { EPOCH_CLAIM } from '../timing.js';
import { createUseEpoch } from './use-epoch.js';

const { withoutRedisMs } = EPOCH_CLAIM;

/** An ingress that holds `e1`. What it says and hears is recorded. */
function using() {
  const world = { now: 0, redis: 'complete' as 'complete' | 'incomplete' | 'away', lasts: true };
  const used: string[] = [];
  const lost: (string | undefined)[] = [];
  const useEpoch = createUseEpoch({
    limiter: {
      slotsState: {
        completeEpoch: () =>
          world.redis === 'away'
            ? Promise.reject(new Error('Connection is closed.'))
            : Promise.resolve(world.redis === 'complete' ? 'e1' : undefined),
      },
    },
    epochs: {
      use: (epoch) => {
        used.push(epoch);
        return Promise.resolve(world.lasts);
      },
    },
    claim: { holds: () => undefined, held: () => 'e1' },
    now: () => world.now,
    onSlotsLost: (epoch) => void lost.push(epoch),
  });
  return { world, used, lost, useEpoch };
}

describe('the use of an epoch', () => {
  it('is said while the slots are complete', async () => {
    const { used, lost, useEpoch } = using();
    await useEpoch();
    expect({ used, lost }).toEqual({ used: ['e1'], lost: [] });
  });

  it.each([
    [withoutRedisMs, ['e1', 'e1']],
    [withoutRedisMs + 1, ['e1']],
  ])('is said while Redis is away for %d ms: %p', async (ms, expected) => {
    const { world, used, useEpoch } = using();
    await useEpoch();
    world.redis = 'away';
    world.now += ms;
    await useEpoch();
    expect(used).toEqual(expected);
  });

  it('asks for a restore when the slots are not complete', async () => {
    const { world, lost, useEpoch } = using();
    world.redis = 'incomplete';
    await useEpoch();
    expect(lost).toEqual([undefined]);
  });

  it('gives the slots up when another has ended the epoch', async () => {
    const { world, lost, useEpoch } = using();
    world.lasts = false;
    await useEpoch();
    expect(lost).toEqual(['e1']);
  });
});
