import type { Outcome } from '@ardor/domain/message/outcome';
import { describe, expect, it } from '@jest/globals';
import type { Gateway } from './gateway.js';
import { withBreaker } from './circuit-breaker.js';

const OPEN_MS = 30;
const UNREACHABLE: Outcome = { kind: 'deferred', cause: 'gateway_unavailable' };
const THROTTLED: Outcome = { kind: 'deferred', cause: 'throttled' };
const UNCERTAIN: Outcome = { kind: 'uncertain', cause: 'timeout' };
const ACCEPTED: Outcome = { kind: 'accepted', carrierId: 'c-1' };
const REJECTED: Outcome = { kind: 'rejected', reason: 'rejected', carrierCode: '1' };
const SHORTED: Outcome = { ...UNREACHABLE, retryAfterMs: OPEN_MS };

const MESSAGES = ['a', 'b'].map((id) => ({ id, to: '+8613800138000', text: 'x' }));

/** A gateway that answers what the test says, for every message or one each. */
function scripted(failures = 3): { gateway: Gateway; calls: () => number; next: (...outcomes: Outcome[]) => void } {
  let calls = 0;
  let outcomes: Outcome[] = [ACCEPTED];
  const gateway = withBreaker(
    {
      name: 'scripted',
      maxBatch: 7,
      deduplicates: true,
      send: (messages) => {
        calls++;
        return Promise.resolve(messages.map((_, index) => outcomes[index % outcomes.length] ?? ACCEPTED));
      },
      lookup: () => Promise.resolve({ kind: 'not_taken' }),
      close: () => Promise.resolve(),
    },
    { failures, openMs: OPEN_MS },
  );
  return { gateway, calls: () => calls, next: (...given) => (outcomes = given) };
}

const opened = async (failures = 3): Promise<ReturnType<typeof scripted>> => {
  const carrier = scripted(failures);
  carrier.next(UNREACHABLE);
  for (let n = 0; n < failures; n++) await carrier.gateway.send(MESSAGES);
  return carrier;
};
const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, OPEN_MS + 5));

describe('withBreaker', () => {
  it('is the gateway otherwise', async () => {
    const { gateway } = scripted();
    expect(gateway).toMatchObject({ name: 'scripted', maxBatch: 7, deduplicates: true });
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'not_taken' });
    await gateway.close();
  });

  it('passes outcomes through, one for each message', async () => {
    const { gateway, next } = scripted();
    next(ACCEPTED, REJECTED);
    expect(await gateway.send(MESSAGES)).toEqual([ACCEPTED, REJECTED]);
  });

  it('opens after so many calls in a row that reached nobody, not before', async () => {
    const { gateway, calls, next } = scripted(3);
    next(UNREACHABLE);
    for (let call = 1; call <= 3; call++) {
      expect(await gateway.send(MESSAGES)).toEqual([UNREACHABLE, UNREACHABLE]);
      expect(calls()).toBe(call);
    }
    next(ACCEPTED);
    expect(await gateway.send(MESSAGES)).toEqual([SHORTED, SHORTED]);
    expect(calls()).toBe(3);
  });

  it.each<[string, Outcome[]]>([
    ['uncertain', [UNCERTAIN]],
    ['throttled', [THROTTLED]],
    ['rejected', [REJECTED]],
    ['accepted', [ACCEPTED]],
    ['unreachable for a part', [UNREACHABLE, ACCEPTED]],
    ['unreachable for a part, unknown for the rest', [UNREACHABLE, UNCERTAIN]],
  ])('does not count a call that was %s, and begins to count anew', async (_, outcomes) => {
    const { gateway, calls, next } = scripted(2);
    next(...outcomes);
    for (let call = 0; call < 6; call++) await gateway.send(MESSAGES);
    expect(calls()).toBe(6);
    for (const given of [[UNREACHABLE], outcomes, [UNREACHABLE], outcomes]) {
      next(...given);
      await gateway.send(MESSAGES);
    }
    expect(calls()).toBe(10);
  });

  it('lets one call try when its time is over, and closes when that reaches somebody', async () => {
    const { gateway, calls, next } = await opened();
    await wait();
    next(ACCEPTED);
    expect(await gateway.send(MESSAGES)).toEqual([ACCEPTED, ACCEPTED]);
    next(UNREACHABLE);
    await gateway.send(MESSAGES);
    await gateway.send(MESSAGES);
    expect(calls()).toBe(6);
  });

  it('opens again at once when the try reaches nobody', async () => {
    const { gateway, calls, next } = await opened();
    await wait();
    expect(await gateway.send(MESSAGES)).toEqual([UNREACHABLE, UNREACHABLE]);
    next(ACCEPTED);
    expect(await gateway.send(MESSAGES)).toEqual([SHORTED, SHORTED]);
    expect(calls()).toBe(4);
  });

  it('lets only one try: the others wait for what it finds', async () => {
    const { gateway, calls } = await opened();
    await wait();
    const all = await Promise.all([gateway.send(MESSAGES), gateway.send(MESSAGES), gateway.send(MESSAGES)]);
    expect(calls()).toBe(4);
    expect(all[0]).toEqual([UNREACHABLE, UNREACHABLE]);
    expect(all.slice(1)).toEqual([
      [SHORTED, SHORTED],
      [SHORTED, SHORTED],
    ]);
  });

  it('still asks what became of a message while it is open', async () => {
    const { gateway } = await opened();
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'not_taken' });
  });
});
