import { createUuid7 } from '@ardor/domain/message/uuid7';
import { describe, expect, it } from '@jest/globals';
import { shardOf, shardPrefix } from './shards.js';

/** What Redis Cluster hashes of a key, as its specification says it. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  return close < 0 || close === open + 1 ? key : key.slice(open + 1, close);
}

const PREFIXES = ['{ardor}', 'ardor', 'a{b}c', '{a}{b}', '{ardor', 'ardor}', 'a}b{c', '{}ardor', '}{', '{a{b}}'];

describe('shardPrefix', () => {
  it('leaves QUEUE_PREFIX unchanged for the first shard', () => {
    for (const prefix of PREFIXES) expect(shardPrefix(prefix, 0)).toBe(prefix);
  });

  it.each([
    ['{ardor}', '{ardor:1}'],
    ['a{b}c', 'a{b:1}c'],
    ['{a}{b}', '{a:1}{b}'],
    ['ardor', '{:1}ardor'],
    ['{}ardor', '{:1}{}ardor'],
  ])('turns %s into %s for the second shard', (prefix, second) => {
    expect(shardPrefix(prefix, 1)).toBe(second);
  });

  it.each(PREFIXES)('gives the keys of each shard of %s one hash tag, and two shards two', (prefix) => {
    const tags = Array.from({ length: 63 }, (_, n) => {
      const [one, other] = ['otp:wait', 'bulk:meta'].map((key) => hashTag(`${shardPrefix(prefix, n + 1)}:${key}`));
      expect(one).toBe(other);
      return one;
    });
    expect(new Set([...tags, hashTag(`${prefix}:otp:wait`)]).size).toBe(64);
  });

  it('never gives two installations the same prefix', () => {
    const all = PREFIXES.flatMap((prefix) => Array.from({ length: 64 }, (_, n) => shardPrefix(prefix, n)));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('shardOf', () => {
  const nextId = createUuid7(() => 1_700_000_000_000);

  it('is 0 when there is one shard', () => {
    for (let n = 0; n < 100; n++) expect(shardOf(nextId(), 1)).toBe(0);
  });

  it('depends on the id alone, in upper or lower case', () => {
    const id = nextId();
    for (const count of [2, 7, 64]) expect(shardOf(id.toUpperCase(), count)).toBe(shardOf(id, count));
    expect(shardOf('018bcfe5-6800-7000-8000-00000000000d', 4)).toBe(1);
  });

  it.each([2, 3, 4, 7, 64])('spreads evenly over %d shards, also ids of one millisecond', (count) => {
    const found = Array.from({ length: count }, () => 0);
    const each = 1_000;
    for (let n = 0; n < count * each; n++) {
      const shard = shardOf(nextId(), count);
      found[shard] = (found[shard] ?? NaN) + 1;
    }
    // More than six standard deviations.
    for (const times of found) expect(Math.abs(times - each)).toBeLessThan(200);
  });
});
