import { RECEIPT_STATUSES } from '@ardor/domain/message/outcome';
import { DEMO } from '@ardor/domain/message/demo';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type Joi from 'joi';
import { messageSchema, sendSchema } from '../accept/schema.js';
import { querySchema } from '../query/schema.js';
import { receiptSchema } from '../receipts/schema.js';
import { compileBody } from './validate-body.js';

const RUNS = 5_000;
const POLLUTION = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON'];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 66 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'x'.repeat(32), 'x'.repeat(33), 'x'.repeat(64), 'x'.repeat(65)),
);
const anything = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, -0, 7, 1e300, 2 ** 53 + 2, [], {}, [null], { p1: '1' }, [{ p1: '1' }], '[]'),
  fc.constantFrom(DEMO.messageId, DEMO.messageId.toUpperCase(), `{${DEMO.messageId}}`, `${DEMO.messageId}\n`),
  fc.constantFrom<unknown>(...RECEIPT_STATUSES, 'lost'),
  fc.constantFrom(...POLLUTION).map((name) => JSON.parse(`{"${name}":{"p1":"1"}}`) as unknown),
);
const field = (usual: unknown) => fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, anything);
const extra = fc.tuple(fc.oneof(fc.constantFrom(...POLLUTION, 'client_id', 'passcode', 'more'), text), anything);

const message = { phone_number: field('13800138000'), templet_id: field('t1'), contents: field([{ p1: '8888' }]) };
const credentials = { client_id: field(DEMO.clientId), passcode: field(DEMO.passcode) };
const receipt = { id: field('c1'), reference: field(DEMO.messageId), status: field('delivered'), code: field('000') };

/** A body as JSON.parse gives it, with `__proto__` as a key of its own; one field in ten is missing. */
const bodyOf = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(
      fc.tuple(
        ...Object.entries(fields).map(([name, value]) =>
          fc.tuple(fc.constant(name), value, fc.integer({ min: 0, max: 9 }).map(Boolean)),
        ),
      ),
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(extra, { maxLength: 2 })),
    )
    .map(([own, more]) => {
      const pairs = [...own.filter(([, , there]) => there), ...more].map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
      );
      return JSON.parse(`{${pairs.join(',')}}`) as Record<string, unknown>;
    });

const CASES: [string, Joi.ObjectSchema<object>, Record<string, fc.Arbitrary<unknown>>][] = [
  ['a send', sendSchema, { ...credentials, ...message }],
  ['a message of a batch', messageSchema, message],
  ['a query', querySchema, { ...credentials, sms_uid: field(DEMO.messageId) }],
  ['a receipt', receiptSchema, receipt],
];

describe.each(CASES)('the body of %s', (_, schema, fields) => {
  const validate = compileBody(schema);
  const allowsUnknown = schema.$_getFlag('unknown') === true;

  it('is valid for ajv exactly where Joi alone finds it valid, and is passed on as it came', () => {
    let valid = 0;
    fc.assert(
      fc.property(bodyOf(fields), (body) => {
        // Joi drops this key before it looks for unknown ones; see the last test.
        fc.pre(!Object.hasOwn(body, '__proto__'));
        const { error } = schema.validate(body) as { error?: Error };
        const result = validate(body);
        expect(result.ok).toBe(error === undefined);
        if (!result.ok) return;
        valid++;
        expect(result.value).toEqual(body);
      }),
      { numRuns: RUNS },
    );
    // The property would hold of nothing, too.
    expect(valid).toBeGreaterThan(RUNS / 20);
  });

  it('is refused by a sentence for each field, which names the field and not its value', () => {
    const result = validate({ phone_number: 5, sms_uid: 'not-an-id', reference: '', extra: 'a secret' });
    const message = result.ok ? '' : result.refusal.message;
    expect(message).toMatch(/(phone_number|sms_uid|reference) /);
    expect(message).not.toContain('secret');
  });

  it('may have __proto__ only where unknown fields are allowed', () => {
    fc.assert(
      fc.property(bodyOf(fields), anything, (body, value) => {
        const polluted = JSON.parse(
          `{"__proto__":${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`.replace(/,}$/, '}'),
        ) as Record<string, unknown>;
        expect(validate(polluted).ok).toBe(allowsUnknown && validate(body).ok);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a refusal', () => {
  const validate = compileBody(messageSchema);
  const sentencesFor = (body: Record<string, unknown>): string[] => {
    const result = validate(body);
    if (result.ok) throw new Error('accepted');
    return result.refusal.message.replace(/\.$/, '').split('; ');
  };
  const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`u${n}`, 1]));
  const good = { phone_number: '13800138000', templet_id: 't1', contents: {} };

  it('names ten details and counts the rest, whichever they are', () => {
    expect(sentencesFor({ ...good, ...unknown(10) })).toEqual(
      Array.from({ length: 10 }, (_, n) => `u${n} is not allowed`),
    );
    for (const count of [11, 1_000]) {
      const sentences = sentencesFor({ ...good, ...unknown(count) });
      expect(sentences).toHaveLength(11);
      expect(sentences.at(-1)).toBe(`${count - 10} more`);
    }
    const mixed = sentencesFor(unknown(8));
    expect(mixed).toHaveLength(11);
    expect(mixed[0]).toBe('phone_number is required');
    expect(mixed.at(-1)).toBe('1 more');
  });

  it('cuts the name of an unknown field after 32 characters', () => {
    expect(sentencesFor({ ...good, ['x'.repeat(32)]: 1 })).toEqual([`${'x'.repeat(32)} is not allowed`]);
    expect(sentencesFor({ ...good, ['x'.repeat(33)]: 1 })).toEqual([`${'x'.repeat(32)}… is not allowed`]);
  });

  it('asks Joi for no more than ten unknown fields', () => {
    const validateByJoi = jest.spyOn(messageSchema, 'validate');
    sentencesFor({ ...good, ...unknown(11) });
    expect(validateByJoi).not.toHaveBeenCalled();
    sentencesFor({ ...good, ...unknown(10) });
    expect(validateByJoi).toHaveBeenCalledTimes(1);
    validateByJoi.mockRestore();
  });
});

it('counts a length in UTF-16 units, as Joi does and a client in JavaScript or Java', () => {
  const validate = compileBody(messageSchema);
  const withNumber = (phone_number: string) => validate({ phone_number, templet_id: 't1', contents: {} }).ok;
  expect([withNumber('😀'.repeat(16)), withNumber('😀'.repeat(17))]).toEqual([true, false]);
});
