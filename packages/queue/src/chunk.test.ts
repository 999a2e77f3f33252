import { LANES, type Lane } from '@ardor/domain/message/status';
import { describe, expect, it } from '@jest/globals';
import { cutChunks } from './chunk.js';

const message = (id: number, lane: Lane = 'otp'): { id: string; lane: Lane } => ({ id: `id-${id}`, lane });
const many = (count: number): { id: string; lane: Lane }[] => Array.from({ length: count }, (_, n) => message(n));

describe('cutChunks', () => {
  it.each([
    [0, []],
    [1, [1]],
    [99, [99]],
    [100, [100]],
    [101, [100, 1]],
    [200, [100, 100]],
    [201, [100, 100, 1]],
  ])('cuts %d messages of one lane into chunks of 100 at most', (count, sizes) => {
    const chunks = cutChunks(many(count), 100);
    expect(chunks.map(({ messages }) => messages.length)).toEqual(sizes);
    expect(chunks.flatMap(({ messages }) => messages)).toEqual(many(count));
  });

  it('keeps the lanes apart, each in its order, by first appearance', () => {
    const given = [message(1, 'bulk'), message(2, 'otp'), message(3, 'bulk'), message(4, 'notify'), message(5, 'bulk')];
    expect(cutChunks(given, 2)).toEqual([
      { chunkId: 'id-1', lane: 'bulk', messages: [message(1, 'bulk'), message(3, 'bulk')] },
      { chunkId: 'id-2', lane: 'otp', messages: [message(2, 'otp')] },
      { chunkId: 'id-4', lane: 'notify', messages: [message(4, 'notify')] },
      { chunkId: 'id-5', lane: 'bulk', messages: [message(5, 'bulk')] },
    ]);
  });

  it('loses none and repeats none, whatever the mixture, and calls each chunk by its first message', () => {
    for (let size = 1; size <= 7; size++) {
      const given = Array.from({ length: 60 }, (_, n) => message(n, LANES[(n * n + size) % 3]));
      const chunks = cutChunks(given, size);
      expect(new Set(chunks.map(({ chunkId }) => chunkId)).size).toBe(chunks.length);
      for (const { chunkId, lane, messages } of chunks) {
        expect(messages[0]?.id).toBe(chunkId);
        expect(messages.length).toBeLessThanOrEqual(size);
        expect(messages.every((each) => each.lane === lane)).toBe(true);
      }
      for (const lane of LANES) {
        const cut = chunks.filter((chunk) => chunk.lane === lane);
        expect(cut.flatMap(({ messages }) => messages)).toEqual(given.filter((each) => each.lane === lane));
        expect(cut.slice(0, -1).every(({ messages }) => messages.length === size)).toBe(true);
      }
    }
  });

  it('keeps the messages as they are and the list as it was', () => {
    const given = [{ ...message(1), text: 'kept' }];
    expect(cutChunks(given, 5)[0]?.messages[0]).toBe(given[0]);
    expect(given).toHaveLength(1);
  });
});
