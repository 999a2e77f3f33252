import type { CurrentEpoch, EpochOwner } from '@ardor/store/recovery/limiter-epoch';
import { describe, expect, it } from '@jest/globals';
import { EPOCH_CLAIM } from '../timing.js';
import { createEpochClaim } from './epoch-claim.js';

const OWN: EpochOwner = { redisRunId: 'own-run-1', redisHost: 'redis-a:6379', mark: 'warm:2', begunBy: 'a:8080' };
const OTHER: EpochOwner = { redisRunId: 'other-run', redisHost: 'redis-b:6379', mark: 'warm:2', begunBy: 'b:8080' };
const { unusedMs, firstPauseMs, maxPauseMs, provenMs } = EPOCH_CLAIM;

function claiming() {
  const told: (string | undefined)[] = [];
  const clock = { now: 0 };
  const claim = createEpochClaim({
    now: () => clock.now,
    random: () => 1,
    onForeign: (reason) => void told.push(reason),
  });
  const may = (current: Partial<CurrentEpoch>): boolean =>
    claim.mayBegin({ epoch: 'e1', owner: OTHER, unusedMs: 0, ...current }, OWN);
  return { claim, clock, told, may };
}

describe('an ingress may begin an epoch', () => {
  it.each([
    ['of another Redis that is in use', {}, false],
    ['of another Redis that was used a moment ago', { unusedMs }, false],
    ['of another Redis that nobody uses', { unusedMs: unusedMs + 1 }, true],
    ['of its own Redis, which was wiped', { owner: OWN }, true],
    ['of its own Redis with other slots', { owner: { ...OWN, mark: 'warm:2:client' } }, false],
    ['of its Redis’ host, but of another run', { owner: { ...OWN, redisRunId: 'own-run-0' } }, false],
    ['that nobody has begun', { owner: undefined, unusedMs: Infinity }, true],
  ])('in place of one %s: %p', (_, current, expected) => {
    expect(claiming().may(current)).toBe(expected);
  });

  it('in place of its own, when its Redis was restarted or replaced', () => {
    const { claim, may } = claiming();
    claim.holds('e1');
    expect(may({ owner: { ...OWN, redisRunId: 'the run before' } })).toBe(true);
    expect(may({ epoch: 'e2' })).toBe(false);
  });

  it('after a pause that grows each time that an older version ends its epoch', () => {
    const { claim, clock, may } = claiming();
    const old = { owner: undefined, unusedMs: Infinity };
    const pauses = Array.from({ length: 6 }, (_, n) => {
      claim.holds(`ours-${n}`);
      const lostAt = clock.now;
      while (!may({ ...old, epoch: `theirs-${n}` })) clock.now += 100;
      return clock.now - lostAt;
    });
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect([firstPauseMs, maxPauseMs]).toEqual([5_000, 60_000]);
    // It has held one for longer than the longest pause: the next loss is the first again.
    claim.holds('ours');
    clock.now += maxPauseMs + 1;
    expect(may({ ...old, epoch: 'theirs' })).toBe(false);
    clock.now += firstPauseMs;
    expect(may({ ...old, epoch: 'theirs' })).toBe(true);
  });
});

describe('an ingress that does not share the slots of the one in use', () => {
  it('names both, once, until it holds an epoch', () => {
    const { claim, told, may } = claiming();
    may({});
    may({});
    const reason =
      'another ingress (b:8080) has the epoch of the limiter, with Redis redis-b:6379 (run other-ru) and the mark warm:2; ' +
      'this ingress has Redis redis-a:6379 (run own-run-) and the mark warm:2';
    expect(told).toEqual([reason]);
    expect(claim.notReadyReason()).toBe(reason);
    claim.holds('e2');
    expect(told).toEqual([reason, undefined]);
    expect(claim.notReadyReason()).toBeUndefined();
  });

  it('says that the other is of an older version', () => {
    const { claim, may } = claiming();
    claim.holds('e1');
    may({ epoch: 'e2', owner: undefined, unusedMs: Infinity });
    expect(claim.notReadyReason()).toMatch(
      /^an ingress of an older version has the epoch of the limiter; this ingress/,
    );
  });

  it('is ready again only when it has held an epoch for a while', () => {
    const { claim, clock, may } = claiming();
    claim.holds('e1');
    may({ epoch: 'e2' });
    claim.holds('e3');
    clock.now += provenMs - 1;
    expect(claim.notReadyReason()).toBe('the epoch of the limiter was another ingress’ a moment ago');
    clock.now += 1;
    expect(claim.notReadyReason()).toBeUndefined();
  });
});
