import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseContents } from './contents.js';
import { parseTemplate, renderTemplate } from './template.js';

const TEMPLATE = parseTemplate('Your code is ${code}, good for ${minutes} minutes. ${code}!');
const NO_PLACEHOLDERS = parseTemplate('Good day.');
const SECRET = '771204';

function read(contents: unknown, template = TEMPLATE): Record<string, string> {
  const result = parseContents(contents, template);
  if (!result.ok) throw new Error(`refused: ${result.refusal.reason}: ${result.refusal.message}`);
  return Object.fromEntries(template.names.map((name, index) => [name, result.value[index] ?? '']));
}

function refusal(contents: unknown, template = TEMPLATE): { reason: string; status: number; message: string } {
  const result = parseContents(contents, template);
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.value)}`);
  return result.refusal;
}

describe('readContents', () => {
  const named = { code: SECRET, minutes: '5' };

  it.each([
    ['one object', named],
    ['an array of one object', [named]],
    ['an array of several objects', [{ code: SECRET }, { minutes: '5' }]],
    ['an array with empty objects', [{}, { minutes: '5' }, {}, { code: SECRET }]],
    ['a JSON string of an object', JSON.stringify(named)],
    ['a JSON string of an array', JSON.stringify([{ code: SECRET }, { minutes: '5' }])],
    ['a JSON string with white space', ` \n${JSON.stringify(named, null, 2)}\t`],
    ['positional keys', { p1: SECRET, p2: '5' }],
    ['positional keys in another order, in several objects', [{ p2: '5' }, { p1: SECRET }]],
    ['a JSON string of positional keys', `[{"p1":"${SECRET}"},{"p2":5}]`],
  ])('reads %s', (_, contents) => {
    expect(read(contents)).toEqual({ code: SECRET, minutes: '5' });
  });

  it('reads nothing for a template without placeholders', () => {
    for (const contents of [{}, [], [{}], '{}', '[]']) expect(read(contents, NO_PLACEHOLDERS)).toEqual({});
    expect(refusal({ p1: SECRET }, NO_PLACEHOLDERS).reason).toBe('invalid_contents');
  });

  it('counts distinct placeholders only, by first appearance', () => {
    const template = parseTemplate('${b} ${a} ${b} ${c} ${a}');
    expect(read({ p1: '1', p2: '2', p3: '3' }, template)).toEqual({ b: '1', a: '2', c: '3' });
    expect(refusal({ p1: '1', p2: '2', p3: '3', p4: '4', p5: '5' }, template).reason).toBe('invalid_contents');
  });

  it('names ten placeholders of a template at most', () => {
    const named = (count: number) => Array.from({ length: count }, (_, n) => `\${v${n}}`).join('');
    expect(refusal({}, parseTemplate(named(10))).message).not.toContain('more');
    const { message } = refusal({}, parseTemplate(named(12)));
    expect(message).toContain('v9 and 2 more');
    expect(message).not.toContain('v10');
  });

  it('parses a JSON string of as many values as the template takes and 16 more, and of 8 levels', () => {
    // An array of objects, one for each placeholder, has two values for each.
    const spread = (spare: number) => `[{"code":"1"},{"minutes":"5"}${',{}'.repeat(spare / 2)}]`;
    expect(read(spread(16))).toEqual({ code: '1', minutes: '5' });
    expect(refusal(spread(18)).message).toMatch(/has more values, than the template takes/);
    expect(refusal('['.repeat(8) + ']'.repeat(8)).message).not.toMatch(/nested deeper/);
    expect(refusal('['.repeat(9)).message).toMatch(/nested deeper/);
    expect(refusal('['.repeat(9)).reason).toBe('invalid_contents');
  });

  it('reads a template whose placeholders are called by their places', () => {
    const template = parseTemplate('${p1} ${name}');
    expect(read({ p1: 'a', name: 'b' }, template)).toEqual({ p1: 'a', name: 'b' });
    expect(read({ p1: 'a', p2: 'b' }, template)).toEqual({ p1: 'a', name: 'b' });
  });

  it.each([
    [5, '5'],
    [0, '0'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['', ''],
    [' ', ' '],
    ['0012', '0012'],
    ['${minutes}', '${minutes}'],
    ['😀 验证码', '😀 验证码'],
    ['👩‍💻', '👩‍💻'],
    ['שלום', 'שלום'],
  ])('takes the value %j as %j', (value, text) => {
    expect(read({ code: value, minutes: 1 })['code']).toBe(text);
  });

  it.each<[string, unknown]>([
    ['missing', { code: SECRET }],
    ['missing: nothing at all', {}],
    ['missing: an empty array', []],
    ['extra', { ...named, other: SECRET }],
    ['extra, positional', { p1: SECRET, p2: '5', p3: SECRET }],
    ['mixed', { code: SECRET, p2: '5' }],
    ['mixed and complete twice', { ...named, p1: SECRET, p2: '5' }],
    ['positions from 0', { p0: SECRET, p1: '5' }],
    ['positions with a leading zero', { p01: SECRET, p02: '5' }],
    ['positions in capitals', { P1: SECRET, P2: '5' }],
    ['names in other case', { Code: SECRET, minutes: '5' }],
    ['names with white space', { 'code ': SECRET, minutes: '5' }],
    ['null', null],
    ['undefined', undefined],
    ['a number', 771204],
    ['a boolean', true],
    ['a text that is not JSON', SECRET + 'x'],
    ['an empty text', ''],
    ['a JSON string of a number', SECRET],
    ['a JSON string of null', 'null'],
    ['a JSON string of a JSON string', JSON.stringify(JSON.stringify(named))],
    ['JSON cut short', JSON.stringify(named).slice(0, -1)],
    ['NaN in JSON', `{"code":NaN,"minutes":"${SECRET}"}`],
    ['Infinity in JSON', `{"code":1e999,"minutes":"${SECRET}"}`],
    ['an array of texts', [SECRET, '5']],
    ['an array in an array', [[named]]],
    ['an array with null', [named, null]],
    ['a boolean value', { code: true, minutes: SECRET }],
    ['a null value', { code: null, minutes: SECRET }],
    ['an object as value', { code: { code: SECRET }, minutes: '5' }],
    ['an array as value', { code: [SECRET], minutes: '5' }],
    ['NaN', { code: NaN, minutes: SECRET }],
    ['Infinity', { code: Infinity, minutes: SECRET }],
    ['an integer that JSON.parse has rounded', { code: Number.MAX_SAFE_INTEGER + 1, minutes: SECRET }],
    ['a number beyond 2^53 in JSON', `{"code":12345678901234567890,"minutes":"${SECRET}"}`],
    ['a NUL', { code: `${SECRET}\0`, minutes: '5' }],
    ['half of a surrogate pair', { code: `${SECRET}\ud83d`, minutes: '5' }],
  ])('refuses %s, and shows no value', (_, contents) => {
    const { reason, status, message } = refusal(contents);
    expect([reason, status]).toEqual(['invalid_contents', 400]);
    expect(message).not.toContain(SECRET);
    expect(message.length).toBeGreaterThan(10);
  });

  it('tells a value of the wrong type from one with a character that cannot be sent', () => {
    expect(refusal({ code: true, minutes: SECRET }).message).toMatch(/^Every value .* a string or a number/);
    for (const code of [`${SECRET}\0`, `${SECRET}\ud83d`])
      expect(refusal({ code, minutes: '5' }).message).toMatch(/U\+0000, or half of a surrogate pair/);
  });

  it('says which keys of the template are missing and how many are not its own', () => {
    expect(refusal({ code: SECRET, [SECRET]: '1', x: '2' }).message).toBe(
      'contents must have p1, p2 or code, minutes (missing: minutes; 2 not of the template).',
    );
    expect(refusal({ p1: SECRET }).message).toBe('contents must have p1, p2 or code, minutes (missing: p2).');
    expect(refusal({ ...named, x: '' }).message).toBe(
      'contents must have p1, p2 or code, minutes (1 not of the template).',
    );
  });

  it.each<[string, unknown]>([
    ['over two objects', [{ code: SECRET }, { minutes: '5' }, { code: SECRET }]],
    ['over two objects, with another value', [{ code: SECRET, minutes: '5' }, { minutes: '6' }]],
    ['before something that is no object', [{ code: SECRET }, { code: '1' }, 5]],
    ['in an object of a JSON string', `{"code":"${SECRET}","minutes":"5","code":"${SECRET}"}`],
    ['in an array of a JSON string', `[{"code":"${SECRET}","code":"1"},{"minutes":"5"}]`],
    ['over two objects of a JSON string', `[{"code":"${SECRET}"},{"minutes":"5"},{"code":"1"}]`],
    ['once written with an escape', `{"code":"${SECRET}","minutes":"5","c\\u006fde":"1"}`],
    ['called __proto__', `{"code":"${SECRET}","minutes":"5","__proto__":"1","__proto__":"2"}`],
  ])('refuses a key repeated %s', (_, contents) => {
    const { reason, status, message } = refusal(contents);
    expect([reason, status]).toEqual(['repeated_key', 400]);
    expect(message).not.toContain(SECRET);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'treats %s as a key like any other',
    (key) => {
      const json = `{"code":"1","minutes":"5","${key}":"${SECRET}"}`;
      expect(refusal(json).reason).toBe('invalid_contents');
      expect(refusal(JSON.parse(json)).reason).toBe('invalid_contents');
      const template = parseTemplate(`\${${key}}`);
      const result = parseContents(JSON.parse(`{"${key}":"x"}`), template);
      expect(result.ok && result.value).toEqual(['x']);
      expect(refusal({}, template).reason).toBe('invalid_contents');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('does not take what an object inherits', () => {
    const inherited: unknown = Object.create({ code: SECRET, minutes: '5' });
    expect(refusal(inherited).reason).toBe('invalid_contents');
  });

  it('reads the same values in every writing, and substitutes them literally and once', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-oq-z_][A-Za-z0-9_]{0,10}$/), { minLength: 1, maxLength: 6 });
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      fc.constantFrom('${a}', '$&', '$1', '${p1}'),
    );
    fc.assert(
      fc.property(
        names.chain((all) =>
          fc.tuple(fc.constant(all), fc.array(value, { minLength: all.length, maxLength: all.length })),
        ),
        ([all, values]) => {
          const template = parseTemplate(all.map((name) => `\${${name}}`).join('|'));
          const pairs = all.map((name, index) => [name, values[index] ?? ''] as const);
          const object = Object.fromEntries(pairs);
          const positional = Object.fromEntries(values.map((text, index) => [`p${index + 1}`, text]));
          const spread = pairs.map(([name, text]) => ({ [name]: text })).reverse();
          for (const contents of [object, positional, spread, JSON.stringify(object), JSON.stringify([positional])]) {
            const result = parseContents(contents, template);
            expect(result.ok && renderTemplate(template, result.value)).toBe(values.join('|'));
          }
        },
      ),
    );
  });
});
