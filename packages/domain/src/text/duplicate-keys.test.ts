import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasDuplicateKeys } from './duplicate-keys.js';
import { scanJson } from './scan-json.js';

const check = (text: string): boolean =>
  hasDuplicateKeys(Number(scanJson(Buffer.from(text), Infinity)), JSON.parse(text));

/** Writes JSON, and where `inject` is told to it repeats a key of an object of the text. */
function write(value: unknown, inject: () => boolean): string {
  if (Array.isArray(value)) return `[${value.map((child) => write(child, inject)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}:${write(child, inject)}`);
  const [first] = Object.keys(value);
  if (first !== undefined && inject()) pairs.push(`${JSON.stringify(first)}:{"a":[1,{"b":":"}]}`);
  return `{${pairs.join(',')}}`;
}

describe('repeatedKey', () => {
  it('is false for everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        expect(check(JSON.stringify(value, null, indent))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('is true as soon as one object anywhere has a key twice', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat({ max: 20 }), (value, place) => {
        let objects = 0;
        write(value, () => {
          objects++;
          return false;
        });
        fc.pre(objects > 0);
        let seen = 0;
        const text = write(value, () => seen++ === place % objects);
        expect(check(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a":1,"a":1}', true],
    ['{"a":1,"b":2}', false],
    ['{"a":{"a":{"a":1}}}', false],
    ['[{"a":1},{"a":1}]', false],
    ['{"a":1,"\\u0061":2}', true],
    ['{"a:b":"c:d","e":"::::"}', false],
    ['{"a\\"b:":"\\\\","c":"\\":"}', false],
    ['{"a":"\\\\","a":":"}', true],
    ['{"\\\\":1,"\\\\":2}', true],
    ['{"\\\\":1,"\\"":2,":":3}', false],
    ['{"":1,"":2}', true],
    ['{"":1}', false],
    ['{"__proto__":1,"__proto__":2}', true],
    ['{"__proto__":{"a":1},"constructor":2}', false],
    ['{"1":1,"0":2,"1":3}', true],
    ['{"a":{"x":1,"y":2},"a":3}', true],
    ['":"', false],
    ['"{\\"a\\":1,\\"a\\":2}"', false],
    ['[]', false],
    ['null', false],
  ])('%s: %p', (text, expected) => {
    expect(check(text)).toBe(expected);
  });
});
