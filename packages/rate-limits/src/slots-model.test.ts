import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SendSlot } from './limiter.js';
import { createTestLimiters, markComplete, setClock, slot, withClock } from '../test/create-test-limiter.js';

const { redis, connection, restoringLimiter } = createTestLimiters();

const NUMBERS = 12;
const LIVES_S = [1, 2, 5];
const macOf = (number: number): Uint8Array => createHash('md5').update(String(number)).digest();

const numbers = fc.array(fc.nat(NUMBERS - 1), { minLength: 1, maxLength: 6 });
const step = fc.oneof(
  // Mostly forward. Backward: a clock that was set, or a replica whose clock is behind.
  fc.record({
    kind: fc.constant('clock'),
    ms: fc.oneof({ weight: 4, arbitrary: fc.nat(2_500) }, fc.integer({ min: -2_000, max: 0 })),
  }),
  fc.record({ kind: fc.constant('take'), life: fc.nat(LIVES_S.length - 1), numbers, again: fc.boolean() }),
  fc.record({ kind: fc.constant('release'), numbers }),
  fc.record({ kind: fc.constant('restore'), numbers, ms: fc.integer({ min: 1, max: 5_000 }) }),
);

interface Held {
  readonly ends: number;
  readonly owner: string;
}

/** One limiter for each slot life, all over one clock, and a map with the decisions they should make. */
async function createModel() {
  const first = restoringLimiter();
  const clock = `${first.prefix}clock`;
  const limiters = LIVES_S.map((numberSeconds) =>
    restoringLimiter({ redis: withClock(connection, clock), numberSeconds, sendsPerSecond: 1_000_000 }, first.prefix),
  );
  await markComplete(first, 'e1');
  const held = new Map<number, Held>();
  let [now, latest] = [0, 0];

  /** After the clock went back, a slot that had ended may be gone or may count again. Both are right: copy what Redis has. */
  const syncEnded = async (numbers: readonly number[]): Promise<void> => {
    for (const number of numbers) {
      if ((held.get(number)?.ends ?? Infinity) > latest) continue;
      const mac = Buffer.from(macOf(number));
      const [newer, older] = [`${first.prefix}slots`, `${first.prefix}slots:older`];
      const [, ends, owner = ''] =
        /^(\d+):([^/]*)/.exec((await redis.hget(newer, mac)) ?? (await redis.hget(older, mac)) ?? '') ?? [];
      if (ends === undefined) held.delete(number);
      else held.set(number, { ends: Number(ends), owner });
    }
  };

  return {
    setClock: async (ms: number): Promise<void> => {
      [now, latest] = [ms, Math.max(latest, ms)];
      await setClock(redis, clock, ms);
    },
    now: () => now,
    /** The decisions of the limiter, and those of the map. */
    take: async (
      life: number,
      numbers: readonly number[],
      owner: string,
    ): Promise<{ actual: string[]; expected: string[] }> => {
      await syncEnded(numbers);
      const taken = await (limiters[life] ?? first).takeSlots(slotsOf(numbers), owner);
      const asked = new Set<number>();
      const expected = numbers.map((number) => {
        const one = held.get(number);
        const isTaken = one !== undefined && one.ends > now;
        const isMine = isTaken && one.owner === owner && !asked.has(number);
        asked.add(number);
        if (isTaken) return isMine ? 'granted' : 'number_slot_taken';
        held.set(number, { ends: now + (LIVES_S[life] ?? 0) * 1_000, owner });
        return 'granted';
      });
      return { actual: taken.kind === 'decided' ? taken.decisions.map(({ kind }) => kind) : [], expected };
    },
    release: async (numbers: readonly number[], owner: string): Promise<void> => {
      await syncEnded(numbers);
      await (limiters[0] ?? first).release(slotsOf(numbers), owner);
      for (const number of numbers) {
        const one = held.get(number);
        // A slot that has ended stays where it is, and counts again if the clock goes back.
        if (one !== undefined && one.ends > now && one.owner === owner) held.delete(number);
      }
    },
    restore: async (numbers: readonly number[], ms: number): Promise<void> => {
      await syncEnded(numbers);
      // A number may stand in the list twice; the first or the second may have the later end.
      const lifeOf = (index: number): number => ms + (index % 3) * 1_000;
      const slots = slotsOf(numbers).map((one, index) => ({ ...one, remainingMs: lifeOf(index) }));
      await redis.set(first.slotsState.lockKey, 'e1');
      expect(await (limiters[0] ?? first).restore(slots, 'e1', 5_000)).toBe(true);
      for (const [index, number] of numbers.entries()) {
        const ends = now + lifeOf(index);
        if ((held.get(number)?.ends ?? 0) < ends) held.set(number, { ends, owner: 'e1' });
      }
    },
  };
}

it('the limiter decides as a map of numbers would, under any order of calls and clock steps', async () => {
  const counts: Record<string, number> = {};
  const runs = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const model = await createModel();
    await model.setClock(Date.now());
    let owner = 'h';
    for (const [index, one] of steps.entries()) {
      if (one.kind === 'clock') await model.setClock(model.now() + one.ms);
      if (one.kind === 'release') await model.release(one.numbers, owner);
      if (one.kind === 'restore') await model.restore(one.numbers, one.ms);
      if (one.kind !== 'take') continue;
      if (!one.again) owner = `h${index}`;
      const { actual, expected } = await model.take(one.life, one.numbers, owner);
      expect(actual).toEqual(expected);
      for (const kind of actual) counts[kind] = (counts[kind] ?? 0) + 1;
    }
  });
  await fc.assert(runs, { numRuns: Number(process.env['MODEL_RUNS'] ?? 200) });
  expect(Math.min(counts['granted'] ?? 0, counts['number_slot_taken'] ?? 0)).toBeGreaterThan(200);
});

function slotsOf(numbers: readonly number[]): SendSlot[] {
  return numbers.map((number) => slot(macOf(number)));
}
