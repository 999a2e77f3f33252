import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FAILURES } from '@ardor/domain/errors/reasons';
import type { Outcome } from '@ardor/domain/message/outcome';
import type { Gateway, CarrierLookup, OutboundMessage } from '../src/gateway.js';

/** What the carrier does with a call, whatever its protocol. */
export type CarrierMood =
  /** Takes every message. */
  | 'takes'
  /** Takes the first of three, rejects the second with a code, throttles the third for THROTTLE_MS; and so on. */
  | 'takes_rejects_throttles'
  /** Refuses the whole call as too fast, naming RETRY_AFTER_MS; nothing is taken. */
  | 'throttles_all'
  /** Refuses the whole call because it is down, naming RETRY_AFTER_MS; nothing is taken. */
  | 'unavailable'
  /** Takes every message and then answers that it failed. */
  | 'fails'
  /** Takes every message and never answers. */
  | 'hangs'
  /** Takes every message and begins an answer that never ends. */
  | 'stops_midway'
  /** Takes every message and resets the connection. */
  | 'resets'
  /** Takes every message and answers something that is not its protocol. */
  | 'answers_garbage'
  /** Takes every message and answers about other messages. */
  | 'answers_for_others'
  /** Does not listen. */
  | 'refuses_connections';

export const RETRY_AFTER_MS = 2_000;
export const THROTTLE_MS = 1_500;

export interface CarrierUnderTest {
  /** Its timeout is 500 ms or less, so that the tests need not wait long. */
  readonly gateway: Gateway;
  /** What reached the carrier. */
  readonly received: readonly OutboundMessage[];
  /** From now on it answers like this. */
  be(mood: CarrierMood): Promise<void>;
  /** Stops the carrier; the gateway is closed by the contract. */
  stop(): Promise<void>;
}

const SECRETS = /771204|13800/;
const DEADLINE_MS = 2_000;
/** As many messages as one job of the queue holds. */
const FULL_BATCH = 100;

function messages(count: number): OutboundMessage[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `018bcfe5-6800-7000-8000-${String(n).padStart(12, '0')}`,
    to: `+86138001${String(n).padStart(5, '0')}`,
    text: `Your "code" is 771204.\n${n} 验证码 😀`,
  }));
}

/** What every gateway promises, whatever its protocol. `start` makes a new gateway and its carrier. */
export function gatewayContract(name: string, start: () => Promise<CarrierUnderTest>): void {
  describe(`the gateway contract: ${name}`, () => {
    let carrier: CarrierUnderTest;
    beforeEach(async () => {
      carrier = await start();
    });
    afterEach(async () => {
      await carrier.gateway.close();
      await carrier.stop();
    });

    /** Sends while the carrier is in this mood; checks what every response must keep. */
    async function send(mood: CarrierMood, count = 3): Promise<Outcome[]> {
      await carrier.be(mood);
      const begun = performance.now();
      const outcomes = await carrier.gateway.send(messages(count));
      expect(performance.now() - begun).toBeLessThan(DEADLINE_MS);
      expect(outcomes).toHaveLength(count);
      expect(JSON.stringify(outcomes)).not.toMatch(SECRETS);
      return outcomes;
    }
    const kinds = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ kind }) => kind);

    it('hands over number, text and reference unchanged, and returns the carrier’s id for each', async () => {
      const outcomes = await send('takes');
      expect(kinds(outcomes)).toEqual(['accepted', 'accepted', 'accepted']);
      expect(carrier.received).toEqual(messages(3));
      const ids = outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.carrierId : ''));
      expect(ids.every((id) => id.length > 0)).toBe(true);
      expect(new Set(ids).size).toBe(3);
    });

    it('sends one message, and a full batch', async () => {
      expect(kinds(await send('takes', 1))).toEqual(['accepted']);
      expect(new Set(kinds(await send('takes', FULL_BATCH)))).toEqual(new Set(['accepted']));
      expect(carrier.received).toHaveLength(1 + FULL_BATCH);
    });

    it('gives each message its own outcome, in order', async () => {
      const outcomes = await send('takes_rejects_throttles', 6);
      const three = ['accepted', 'rejected', 'deferred'];
      expect(kinds(outcomes)).toEqual([...three, ...three]);
      const rejected = outcomes[1];
      if (rejected?.kind !== 'rejected') throw new Error('the second is not rejected');
      expect(Object.hasOwn(FAILURES, rejected.reason)).toBe(true);
      expect(rejected.carrierCode).not.toBe('');
      expect(outcomes[2]).toEqual({ kind: 'deferred', cause: 'throttled', retryAfterMs: THROTTLE_MS });
    });

    it('defers all of a call that was refused as too fast', async () => {
      const deferred = { kind: 'deferred', cause: 'throttled', retryAfterMs: RETRY_AFTER_MS };
      expect(await send('throttles_all')).toEqual([deferred, deferred, deferred]);
    });

    it('defers all of a call that was refused as unavailable', async () => {
      const deferred = { kind: 'deferred', cause: 'gateway_unavailable', retryAfterMs: RETRY_AFTER_MS };
      expect(await send('unavailable')).toEqual([deferred, deferred, deferred]);
    });

    it('defers all when the carrier refuses connections', async () => {
      const deferred = { kind: 'deferred', cause: 'gateway_unavailable' };
      expect(await send('refuses_connections')).toEqual([deferred, deferred, deferred]);
    });

    it.each<CarrierMood>(['fails', 'hangs', 'stops_midway', 'resets', 'answers_garbage', 'answers_for_others'])(
      'does not know the outcome when the carrier %s',
      async (mood) => {
        expect(kinds(await send(mood))).toEqual(['uncertain', 'uncertain', 'uncertain']);
        // The carrier received them: any other outcome would lose them or send them twice.
        expect(carrier.received).toEqual(messages(3));
      },
    );

    it.each<CarrierMood>(['fails', 'hangs', 'resets', 'answers_garbage', 'refuses_connections', 'unavailable'])(
      'works again after the carrier %s',
      async (mood) => {
        await send(mood);
        expect(kinds(await send('takes'))).toEqual(['accepted', 'accepted', 'accepted']);
      },
    );

    it('sends a call once, however it ends', async () => {
      for (const mood of ['resets', 'fails', 'answers_garbage', 'hangs'] as const) {
        const before = carrier.received.length;
        await send(mood, 1);
        expect(carrier.received.length - before).toBe(1);
      }
    });

    it('ends a call in flight when it is closed', async () => {
      await carrier.be('hangs');
      const sending = carrier.gateway.send(messages(2));
      await carrier.gateway.close();
      for (const { kind } of await sending) expect(['uncertain', 'deferred']).toContain(kind);
    });

    describe('lookup', () => {
      async function lookUp(mood: CarrierMood, id: string): Promise<CarrierLookup | undefined> {
        await carrier.be(mood);
        const found = await carrier.gateway.lookup?.(id);
        expect(JSON.stringify([found])).not.toMatch(SECRETS);
        return found;
      }

      it('tells by our id what the carrier received and what it did not', async () => {
        if (!carrier.gateway.lookup) return;
        const [outcome] = await send('takes', 1);
        const [sent, never] = messages(2).map(({ id }) => id);
        expect(await lookUp('takes', sent ?? '')).toMatchObject({
          kind: 'received',
          carrierId: outcome?.kind === 'accepted' ? outcome.carrierId : 'none',
        });
        expect(await lookUp('takes', never ?? '')).toEqual({ kind: 'not_received' });
      });

      it.each<CarrierMood>([
        'fails',
        'hangs',
        'stops_midway',
        'resets',
        'answers_garbage',
        'refuses_connections',
        'throttles_all',
        'unavailable',
      ])('returns no_response when the carrier %s', async (mood) => {
        if (!carrier.gateway.lookup) return;
        await send('takes', 1);
        expect(await lookUp(mood, messages(1)[0]?.id ?? '')).toEqual({ kind: 'no_response' });
      });
    });
  });
}
