import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_JSON_DEPTH, scanJson } from './scan-json.js';

const scan = (text: string, maxValues = 100) => scanJson(Buffer.from(text), maxValues);

/** Objects, arrays and what they hold, counted in the parsed value: no object of these texts has a key twice. */
function count(value: unknown): { keys: number; values: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { keys: 0, values: 1, depth: 0 };
  const children = Object.values(value).map(count);
  const sum = (of: 'keys' | 'values') => children.reduce((total, child) => total + child[of], 0);
  const keys = Array.isArray(value) ? 0 : children.length;
  return {
    keys: keys + sum('keys'),
    values: 1 + sum('values'),
    depth: 1 + Math.max(0, ...children.map((c) => c.depth)),
  };
}

describe('scanJson', () => {
  it('counts keys, and refuses what is deeper or has more values, whatever stands in strings', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('{"a":[', '\\', '"', '":"', ',,,,', ']}'));
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: MAX_JSON_DEPTH + 2 },
        text,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(text, tie('any'), { maxKeys: 3 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), fc.nat({ max: 40 }), (any, indent, maxValues) => {
        const { keys, values, depth } = count(any);
        const scanned = scan(JSON.stringify(any, null, indent), maxValues);
        if (typeof scanned === 'number') {
          expect(scanned).toBe(keys);
          expect(depth).toBeLessThanOrEqual(MAX_JSON_DEPTH);
          // The first value needs no comma or bracket.
          expect(values).toBeLessThanOrEqual(maxValues + 1);
        } else if (scanned === 'too_deep') expect(depth).toBeGreaterThan(MAX_JSON_DEPTH);
        // An empty array is a value, and its bracket counts beside the comma before it.
        else expect(2 * values).toBeGreaterThan(maxValues);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['[1,2,3]', 3],
    ['{"a":1,"b":2}', 2],
    ['[[],[]]', 4],
    ['{"a":{"b":[1,2]}}', 4],
    ['"1,2,[,{"', 0],
    ['7', 0],
  ])('%s has %d commas and brackets: so many are allowed, and one less is not', (text, count) => {
    expect(typeof scan(text, count)).toBe('number');
    if (count > 0) expect(scan(text, count - 1)).toBe('too_many_values');
  });

  it.each(['[', '{"a":'])('takes %s eight times and not nine times', (open) => {
    expect(typeof scan(open.repeat(8))).toBe('number');
    expect(scan(open.repeat(9))).toBe('too_deep');
    // The depth counts brackets that are open at once, not all brackets.
    expect(typeof scan(`[${'[[]],'.repeat(20)}1]`)).toBe('number');
  });

  it.each([
    ['"\\""', 0],
    ['{"\\\\":1}', 1],
    ['{"a\\\\\\":":":"}', 1],
    ['{"é:😀":[":"]}', 1],
    ['"open', 0],
    ['"open\\', 0],
    ['', 0],
    [']]]]', 0],
  ])('reads strings and escapes: %s has %d keys', (text, keys) => {
    expect(scan(text)).toBe(keys);
  });
});
