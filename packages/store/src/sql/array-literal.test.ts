import { describe, expect, it } from '@jest/globals';
import { arrayLiteral } from './array-literal.js';

describe('arrayLiteral', () => {
  it('writes words, numbers, nothing, and what would be a null', () => {
    expect(arrayLiteral([])).toBe('{}');
    expect(arrayLiteral([1, -2])).toBe('{1,-2}');
    expect(arrayLiteral([1, 'a'])).toBe('{"1","a"}');
    expect(arrayLiteral(['a', '', 'NULL', 'x,y {z}'])).toBe('{"a","","NULL","x,y {z}"}');
  });

  it.each(['a"b', '","', 'a\\'])('refuses %j', (value) => {
    expect(() => arrayLiteral(['ok', value])).toThrow(RangeError);
  });
});
