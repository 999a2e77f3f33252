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

/** A gateway that returns the given outcomes in turn. */
function scripted(failures = 3): { gateway: Gateway; calls: () => number; next: (...outcomes: Outcome[]) => void } {
  let calls = 0;
  let outcomes: Outcome[] = [ACCEPTED];
  const gateway = withBreaker(
    {
      name: 'scripted',
      deduplicates: true,
      send: (messages) => {
        calls++;
        return Promise.resolve(messages.map((_, index) => outcomes[index % outcomes.length] ?? ACCEPTED));
      },
      lookup: () => Promise.resolve({ kind: 'not_received' }),
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
  it('leaves name, deduplication, lookup and close as they are', async () => {
    const { gateway } = scripted();
    expect(gateway).toMatchObject({ name: 'scripted', deduplicates: true });
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'not_received' });
    await gateway.close();
  });

  it('returns the gateway’s outcomes, one for each message', async () => {
    const { gateway, next } = scripted();
    next(ACCEPTED, REJECTED);
    expect(await gateway.send(MESSAGES)).toEqual([ACCEPTED, REJECTED]);
  });

  it('opens after the given number of calls in a row that did not reach the carrier, not before', async () => {
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
    ['unreachable for a part, uncertain for the rest', [UNREACHABLE, UNCERTAIN]],
  ])('does not count a call that was %s, and starts counting again', async (_, outcomes) => {
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

  it('lets one call try after its open time, and closes when that call reaches the carrier', async () => {
    const { gateway, calls, next } = await opened();
    await wait();
    next(ACCEPTED);
    expect(await gateway.send(MESSAGES)).toEqual([ACCEPTED, ACCEPTED]);
    next(UNREACHABLE);
    await gateway.send(MESSAGES);
    await gateway.send(MESSAGES);
    expect(calls()).toBe(6);
  });

  it('opens again at once when the try does not reach the carrier', async () => {
    const { gateway, calls, next } = await opened();
    await wait();
    expect(await gateway.send(MESSAGES)).toEqual([UNREACHABLE, UNREACHABLE]);
    next(ACCEPTED);
    expect(await gateway.send(MESSAGES)).toEqual([SHORTED, SHORTED]);
    expect(calls()).toBe(4);
  });

  it('lets one call try while the others wait for its result', async () => {
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

  it('still looks messages up while it is open', async () => {
    const { gateway } = await opened();
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'not_received' });
  });
});
