import { RECEIPT_STATUSES } from '@ardor/domain/message/outcome';
import { DEMO } from '@ardor/domain/message/demo';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validateBody, type BodySchema } from './validate-body.js';
import { MESSAGE, QUERY, RECEIPT, SEND } from './fields.js';

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

const CASES: [string, BodySchema<object>, Record<string, fc.Arbitrary<unknown>>][] = [
  ['a send', SEND, { ...credentials, ...message }],
  ['a message of a batch', MESSAGE, message],
  ['a query', QUERY, { ...credentials, sms_uid: field(DEMO.messageId) }],
  ['a receipt', RECEIPT, receipt],
];

describe.each(CASES)('the fields of %s', (_, { schema, isPlain }, fields) => {
  const entriesOf = (value: object) => Object.entries(value).filter(([name]) => name !== '__proto__');

  it('that look plain are valid in Joi’s eyes too, and the same to it', () => {
    let plain = 0;
    fc.assert(
      fc.property(bodyOf(fields), (body) => {
        if (!isPlain?.(body)) return;
        plain++;
        const { error, value } = schema.validate(body) as { error?: Error; value: object };
        expect(error).toBeUndefined();
        expect(entriesOf(value)).toEqual(entriesOf(body));
      }),
      { numRuns: RUNS },
    );
    // The property would hold of nothing, too.
    expect(plain).toBeGreaterThan(RUNS / 20);
  });

  it('are the same with the plain look and without it', () => {
    fc.assert(
      fc.property(bodyOf(fields), (body) => {
        // A plain receipt may have this field too, and keeps it; Joi takes it away.
        fc.pre(!Object.hasOwn(body, '__proto__'));
        expect(validateBody({ schema, ...(isPlain && { isPlain }) }, body)).toEqual(validateBody({ schema }, body));
      }),
      { numRuns: RUNS },
    );
  });

  it('may not have one named __proto__ beside them, where others are unknown too', () => {
    const check = (body: Record<string, unknown>) => validateBody({ schema, ...(isPlain && { isPlain }) }, body).ok;
    fc.assert(
      fc.property(bodyOf(fields), anything, (body, value) => {
        const polluted = JSON.parse(
          `{"__proto__":${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`.replace(/,}$/, '}'),
        ) as Record<string, unknown>;
        expect(check(polluted)).toBe(schema === RECEIPT.schema && check(body));
      }),
      { numRuns: 1_000 },
    );
  });
});
