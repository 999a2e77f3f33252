import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import type { Slot } from './limiter.js';
import { declare, createTestLimiters } from '../test/create-test-limiter.js';

const { redis, connection, cold } = createTestLimiters();

const NUMBERS = 12;
const LIVES_S = [1, 2, 5];
const macOf = (number: number): Uint8Array => createHash('md5').update(String(number)).digest();

const numbers = fc.array(fc.nat(NUMBERS - 1), { minLength: 1, maxLength: 6 });
const step = fc.oneof(
  // Mostly forward; back as a clock that is set, or a replica's that is behind.
  fc.record({
    kind: fc.constant('clock'),
    ms: fc.oneof({ weight: 4, arbitrary: fc.nat(2_500) }, fc.integer({ min: -2_000, max: 0 })),
  }),
  fc.record({ kind: fc.constant('take'), life: fc.nat(LIVES_S.length - 1), numbers, again: fc.boolean() }),
  fc.record({ kind: fc.constant('release'), numbers }),
  fc.record({ kind: fc.constant('refill'), numbers, ms: fc.integer({ min: 1, max: 5_000 }) }),
);

interface Held {
  readonly ends: number;
  readonly holder: string;
}

/** A connection whose server reads the time in a list of its own: seconds, microseconds. */
function clocked(clock: string): Redis {
  const script = (command: 'LOAD', text: string) =>
    connection.script(command, text.replace("redis.call('TIME')", `redis.call('LRANGE', '${clock}', 0, -1)`));
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === 'script') return script;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A limiter of each life over one clock, and a map that does what they should. */
async function modelled() {
  const first = cold();
  const clock = `${first.prefix}clock`;
  const limiters = LIVES_S.map((numberSeconds) =>
    cold({ redis: clocked(clock), numberSeconds, sendsPerSecond: 1_000_000 }, first.prefix),
  );
  await declare(first, 'e1');
  const held = new Map<number, Held>();
  let [now, latest] = [0, 0];

  /** What had ended once may be gone or not, when the clock has gone back behind its end since: both are right. */
  const settle = async (numbers: readonly number[]): Promise<void> => {
    for (const number of numbers) {
      if ((held.get(number)?.ends ?? Infinity) > latest) continue;
      const mac = Buffer.from(macOf(number));
      const [newer, older] = [`${first.prefix}slots`, `${first.prefix}slots:older`];
      const [, ends, holder = ''] =
        /^(\d+):(.*)$/.exec((await redis.hget(newer, mac)) ?? (await redis.hget(older, mac)) ?? '') ?? [];
      if (ends === undefined) held.delete(number);
      else held.set(number, { ends: Number(ends), holder });
    }
  };

  return {
    setClock: async (ms: number): Promise<void> => {
      [now, latest] = [ms, Math.max(latest, ms)];
      await redis
        .multi()
        .del(clock)
        .rpush(clock, Math.floor(ms / 1_000), (ms % 1_000) * 1_000)
        .exec();
    },
    now: () => now,
    /** What the limiter said, and what it should have. */
    take: async (
      life: number,
      numbers: readonly number[],
      holder: string,
    ): Promise<{ said: string[]; due: string[] }> => {
      await settle(numbers);
      const taken = await (limiters[life] ?? first).takeSlots(slotsOf(numbers), holder);
      const asked = new Set<number>();
      const due = numbers.map((number) => {
        const slot = held.get(number);
        const isTaken = slot !== undefined && slot.ends > now;
        const isMine = isTaken && slot.holder === holder && !asked.has(number);
        asked.add(number);
        if (isTaken) return isMine ? 'granted' : 'number_limited';
        held.set(number, { ends: now + (LIVES_S[life] ?? 0) * 1_000, holder });
        return 'granted';
      });
      return { said: taken.kind === 'warm' ? taken.grants.map(({ kind }) => kind) : [], due };
    },
    release: async (numbers: readonly number[], holder: string): Promise<void> => {
      await settle(numbers);
      await (limiters[0] ?? first).release(slotsOf(numbers), holder);
      for (const number of numbers) {
        const slot = held.get(number);
        // One that has ended is left where it is, and counts again if the clock goes back.
        if (slot !== undefined && slot.ends > now && slot.holder === holder) held.delete(number);
      }
    },
    refill: async (numbers: readonly number[], ms: number): Promise<void> => {
      await settle(numbers);
      // Of one number the first may be the later, or the last.
      const lifeOf = (index: number): number => ms + (index % 3) * 1_000;
      const slots = slotsOf(numbers).map((one, index) => ({ ...one, remainingMs: lifeOf(index) }));
      await redis.set(first.slotsState.lockKey, 'e1');
      expect(await (limiters[0] ?? first).restore(slots, 'e1', 5_000)).toBe(true);
      for (const [index, number] of numbers.entries()) {
        const ends = now + lifeOf(index);
        if ((held.get(number)?.ends ?? 0) < ends) held.set(number, { ends, holder: 'e1' });
      }
    },
  };
}

it('holds each number until its end and no longer, as a map would', async () => {
  const said: Record<string, number> = {};
  const runs = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const model = await modelled();
    await model.setClock(Date.now());
    let holder = 'h';
    for (const [index, one] of steps.entries()) {
      if (one.kind === 'clock') await model.setClock(model.now() + one.ms);
      if (one.kind === 'release') await model.release(one.numbers, holder);
      if (one.kind === 'refill') await model.refill(one.numbers, one.ms);
      if (one.kind !== 'take') continue;
      if (!one.again) holder = `h${index}`;
      const answers = await model.take(one.life, one.numbers, holder);
      expect(answers.said).toEqual(answers.due);
      for (const answer of answers.said) said[answer] = (said[answer] ?? 0) + 1;
    }
  });
  await fc.assert(runs, { numRuns: Number(process.env['MODEL_RUNS'] ?? 200) });
  expect(Math.min(said['granted'] ?? 0, said['number_limited'] ?? 0)).toBeGreaterThan(200);
});

function slotsOf(numbers: readonly number[]): Slot[] {
  return numbers.map((number) => ({ phoneMac: macOf(number) }));
}
