import { LANES, type Lane } from '@ardor/domain/message/status';
import { describe, expect, it } from '@jest/globals';
import { assignChunkIds, groupIntoChunks } from './chunk.js';
import { MAX_CHUNK } from './job.js';

interface Message {
  readonly id: string;
  readonly lane: Lane;
}
const message = (id: number, lane: Lane = 'otp'): Message => ({ id: `id-${id}`, lane });
const many = (count: number): Message[] => Array.from({ length: count }, (_, n) => message(n));

/** What the ingress does with the messages of a call. */
function chunksOf(messages: readonly Message[]) {
  const chunkIds = assignChunkIds(messages);
  return groupIntoChunks(messages.map((one, index) => ({ ...one, chunkId: chunkIds[index] ?? '' })));
}

describe('assignChunkIds', () => {
  it.each([
    [0, []],
    [1, [1]],
    [99, [99]],
    [100, [100]],
    [101, [100, 1]],
    [200, [100, 100]],
    [201, [100, 100, 1]],
  ])('gives %d messages of one lane chunks of 100 at most', (count, sizes) => {
    const chunks = chunksOf(many(count));
    expect(chunks.map(({ ids }) => ids.length)).toEqual(sizes);
    expect(chunks.flatMap(({ ids }) => ids)).toEqual(many(count).map(({ id }) => id));
  });

  it('gives each lane chunks of its own, named by their first message', () => {
    const given = [message(1, 'bulk'), message(2, 'otp'), message(3, 'bulk'), message(4, 'notify'), message(5, 'bulk')];
    expect(assignChunkIds(given)).toEqual(['id-1', 'id-2', 'id-1', 'id-4', 'id-1']);
  });

  it('loses no message and repeats none, whatever the mixture of lanes', () => {
    for (let step = 1; step <= 7; step++) {
      const given = Array.from({ length: 5 * MAX_CHUNK }, (_, n) => message(n, LANES[(n * n + (n % step)) % 3]));
      const chunks = chunksOf(given);
      expect(new Set(chunks.map(({ chunkId }) => chunkId)).size).toBe(chunks.length);
      for (const { chunkId, ids } of chunks) {
        expect(ids[0]).toBe(chunkId);
        expect(ids.length).toBeLessThanOrEqual(MAX_CHUNK);
      }
      for (const lane of LANES) {
        const ofLane = chunks.filter((chunk) => chunk.lane === lane);
        expect(ofLane.flatMap(({ ids }) => ids)).toEqual(given.filter((one) => one.lane === lane).map(({ id }) => id));
        expect(ofLane.slice(0, -1).every(({ ids }) => ids.length === MAX_CHUNK)).toBe(true);
      }
    }
  });
});

describe('groupIntoChunks', () => {
  it('groups by chunk id and lane, in order of appearance', () => {
    const given = [
      { id: 'a', lane: 'otp', chunkId: 'c' },
      { id: 'b', lane: 'bulk', chunkId: 'c' },
      { id: 'd', lane: 'otp', chunkId: 'e' },
      { id: 'f', lane: 'otp', chunkId: 'c' },
    ] as const;
    expect(groupIntoChunks(given)).toEqual([
      { chunkId: 'c', lane: 'otp', ids: ['a', 'f'] },
      { chunkId: 'c', lane: 'bulk', ids: ['b'] },
      { chunkId: 'e', lane: 'otp', ids: ['d'] },
    ]);
  });

  it('takes the delay of the first message of a chunk', () => {
    const given = [5, 7].map((delayMs) => ({ ...message(delayMs), chunkId: 'c', delayMs }));
    expect(groupIntoChunks(given)).toEqual([{ chunkId: 'c', lane: 'otp', ids: ['id-5', 'id-7'], delayMs: 5 }]);
  });

  it('leaves out the ids that one job cannot carry', () => {
    const given = many(MAX_CHUNK + 1).map((one) => ({ ...one, chunkId: 'c' }));
    expect(groupIntoChunks(given).map(({ ids }) => ids.length)).toEqual([MAX_CHUNK]);
  });
});
