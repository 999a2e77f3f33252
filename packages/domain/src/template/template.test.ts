import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_RULE } from './placeholder-rule.js';
import { parseTemplate, renderTemplate, templateProblem } from './template.js';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,31}$/);
const literal = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('$', '{', '}', '$$', '{}', '$ {a}', '\n', '$1', '$&'))
  .filter((text) => !text.includes('${'));

describe('parseTemplate', () => {
  it('keeps the literals and names each placeholder once, by first appearance', () => {
    expect(parseTemplate('a ${y} b ${x}${y}')).toEqual({
      parts: ['a ', 'y', ' b ', 'x', '', 'y', ''],
      names: ['y', 'x'],
      rules: [DEFAULT_RULE, DEFAULT_RULE],
      places: [0, 1, 0],
      keys: [new Map(Object.entries({ y: 0, x: 1 })), new Map(Object.entries({ p1: 0, p2: 1 }))],
    });
    expect(parseTemplate('')).toMatchObject({ parts: [''], names: [], places: [] });
    expect(parseTemplate('no ${1} {a} $a')).toMatchObject({ parts: ['no ${1} {a} $a'], names: [] });
    expect(parseTemplate('$${a}}').parts).toEqual(['$', 'a', '}']);
  });

  it('takes a name of 32 characters, not of 33', () => {
    expect(parseTemplate(`\${${'a'.repeat(32)}}`).names).toEqual(['a'.repeat(32)]);
    expect(parseTemplate(`\${${'a'.repeat(33)}}`).names).toEqual([]);
  });

  it('takes any body apart into literals and names that make it up again', () => {
    fc.assert(
      fc.property(literal, fc.array(fc.tuple(name, literal), { maxLength: 8 }), (first, rest) => {
        const body = first + rest.map(([placeholder, text]) => `\${${placeholder}}${text}`).join('');
        const { parts, names } = parseTemplate(body);
        expect(parts).toEqual([first, ...rest.flat()]);
        expect(names).toEqual([...new Set(rest.map(([placeholder]) => placeholder))]);
      }),
    );
  });
});

describe('renderTemplate', () => {
  it('keeps every literal and puts each value where its name stands, literally and once', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('${a}', '$&', '$`', "$'", '$1', '$$'));
    fc.assert(
      fc.property(literal, fc.array(fc.tuple(name, literal, value), { maxLength: 8 }), (first, rest) => {
        const values = new Map(rest.map(([placeholder, , given]) => [placeholder, given]));
        const body = first + rest.map(([placeholder, text]) => `\${${placeholder}}${text}`).join('');
        const expected = first + rest.map(([placeholder, text]) => `${values.get(placeholder) ?? ''}${text}`).join('');
        const template = parseTemplate(body);
        const given = template.names.map((placeholder) => values.get(placeholder) ?? '');
        expect(renderTemplate(template, given)).toBe(expected);
      }),
    );
  });

  it('does not substitute what a value brings', () => {
    const template = parseTemplate('${a}-${b}');
    expect(renderTemplate(template, ['${b}', '${a}'])).toBe('${b}-${a}');
  });
});

describe('templateProblem', () => {
  it.each([
    'Your code is ${code}.',
    'no placeholder',
    '${p1} and ${p2}',
    '${name} and ${p2}',
    '${p1} ${p1} ${p2} ${p1}',
    '${p0} ${p01} ${p1234}',
    '${_}',
    `\${${'a'.repeat(32)}}`,
    '$ {a} $a {a} }',
    '验证码 ${code} 😀',
    'two\nlines',
  ])('finds none in %j', (body) => {
    expect(templateProblem(body)).toBeUndefined();
  });

  it.each([
    ['', 'the body is empty'],
    [' \n\t', 'the body is empty'],
    ['a\0b', 'characters that no text message can carry'],
    ['a\ud83d', 'characters that no text message can carry'],
    ['a\u202eb ${p1}', 'control or bidi characters'],
    ['a\r\nb', 'control or bidi characters'],
    ['${1a}', 'a placeholder is ${name}'],
    ['${}', 'a placeholder is ${name}'],
    ['${ a }', 'a placeholder is ${name}'],
    ['${a', 'a placeholder is ${name}'],
    ['${a-b}', 'a placeholder is ${name}'],
    ['${é}', 'a placeholder is ${name}'],
    ['${a} ${', 'a placeholder is ${name}'],
    ['${${a}}', 'a placeholder is ${name}'],
    [`\${${'a'.repeat(33)}}`, 'a placeholder is ${name}'],
    ['${p2}', 'placeholder p2 stands in another place'],
    ['${p2} ${p1}', 'placeholder p2 stands in another place'],
    ['${p1} ${name} ${p2}', 'placeholder p2 stands in another place'],
    ['${name} ${p999}', 'placeholder p999 stands in another place'],
  ])('finds one in %j: %s', (body, problem) => {
    expect(templateProblem(body)).toContain(problem);
  });
});
