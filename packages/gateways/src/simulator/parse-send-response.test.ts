import { describe, expect, it } from '@jest/globals';
import { parseSendResponse } from './parse-send-response.js';

const ONE = [{ id: 'a' }];
const UNREADABLE = { kind: 'uncertain', cause: 'unreadable_answer' };
const ok = (results: unknown): { status: number; retryAfter: undefined; body: string } => ({
  status: 200,
  retryAfter: undefined,
  body: JSON.stringify({ results }),
});

describe('parseSendResponse', () => {
  it('returns one outcome for each message, in order', () => {
    const results = [
      { reference: 'a', id: 'c-1' },
      { reference: 'b', error: 'rejected', code: '013' },
      { reference: 'c', error: 'throttled', retry_after_ms: 1500 },
      { reference: 'd', error: 'throttled' },
      { reference: 'e', error: 'rejected' },
    ];
    expect(
      parseSendResponse(
        ok(results),
        ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })),
      ),
    ).toEqual([
      { kind: 'accepted', carrierId: 'c-1' },
      { kind: 'rejected', reason: 'rejected', carrierCode: '013' },
      { kind: 'deferred', cause: 'throttled', retryAfterMs: 1500 },
      { kind: 'deferred', cause: 'throttled' },
      { kind: 'rejected', reason: 'rejected', carrierCode: '' },
    ]);
  });

  it.each<[string, unknown]>([
    ['no result', undefined],
    ['null', null],
    ['a text', 'accepted'],
    ['a number', 1],
    ['a list', ['a', 'c-1']],
    ['an empty object', {}],
    ['no reference', { id: 'c-1' }],
    ['another reference', { reference: 'b', id: 'c-1' }],
    ['a rejection of another reference', { reference: 'b', error: 'rejected', code: '1' }],
    ['a reference of another case', { reference: 'A', id: 'c-1' }],
    ['a reference alone', { reference: 'a' }],
    ['an empty id', { reference: 'a', id: '' }],
    ['an id of nothing that can be stored', { reference: 'a', id: '\u0000' }],
    ['an id of null', { reference: 'a', id: null }],
    ['an unknown error', { reference: 'a', error: 'busy' }],
    ['an unknown error beside an id', { reference: 'a', id: 'c-1', error: 'busy' }],
    ['an error of null beside an id', { reference: 'a', id: 'c-1', error: null }],
    ['an error that is an object', { reference: 'a', error: { rejected: true } }],
    ['an id and throttled at once', { reference: 'a', id: 'c-1', error: 'throttled' }],
  ])('does not trust %s', (_, result) => {
    expect(parseSendResponse(ok([result]), ONE)).toEqual([UNREADABLE]);
  });

  it.each([
    [0, { kind: 'deferred', cause: 'throttled' }],
    [-5, { kind: 'deferred', cause: 'throttled' }],
    [1, { kind: 'deferred', cause: 'throttled', retryAfterMs: 1 }],
    ['1000', { kind: 'deferred', cause: 'throttled' }],
    [null, { kind: 'deferred', cause: 'throttled' }],
  ])('takes retry_after_ms %j as %j', (value, expected) => {
    expect(parseSendResponse(ok([{ reference: 'a', error: 'throttled', retry_after_ms: value }]), ONE)).toEqual([
      expected,
    ]);
  });

  it('ignores a wait that is not finite', () => {
    const body = '{"results":[{"reference":"a","error":"throttled","retry_after_ms":1e999}]}';
    expect(parseSendResponse({ status: 200, retryAfter: undefined, body }, ONE)).toEqual([
      { kind: 'deferred', cause: 'throttled' },
    ]);
  });

  it('does not trust results that are swapped', () => {
    const results = [
      { reference: 'b', id: 'c-2' },
      { reference: 'a', id: 'c-1' },
      { reference: 'c', id: 'c-3' },
    ];
    expect(parseSendResponse(ok(results), [{ id: 'a' }, { id: 'b' }, { id: 'c' }])).toEqual([
      UNREADABLE,
      UNREADABLE,
      { kind: 'accepted', carrierId: 'c-3' },
    ]);
  });

  it('is uncertain about a message without a result, and ignores a result too many', () => {
    const [two, three] = [
      [{ id: 'a' }, { id: 'b' }],
      [
        { reference: 'a', id: '1' },
        { reference: 'b', id: '2' },
        { reference: 'c', id: '3' },
      ],
    ];
    expect(parseSendResponse(ok(three.slice(0, 1)), two)).toEqual([{ kind: 'accepted', carrierId: '1' }, UNREADABLE]);
    expect(parseSendResponse(ok([]), two)).toEqual([UNREADABLE, UNREADABLE]);
    expect(parseSendResponse(ok(three), two)).toHaveLength(2);
  });

  it.each([
    ['nothing', ''],
    ['HTML', '<html>ok</html>'],
    ['JSON cut short', '{"results":[{"reference":"a","id":"c-1"}'],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"results"'],
    ['a list', '[{"reference":"a","id":"c-1"}]'],
    ['no results', '{"messages":[]}'],
    ['results that are an object', '{"results":{"0":{"reference":"a","id":"c-1"}}}'],
    ['results that are null', '{"results":null}'],
    ['results by __proto__', '{"__proto__":{"results":[{"reference":"a","id":"c-1"}]}}'],
    ['a result by __proto__', '{"results":[{"__proto__":{"reference":"a","id":"c-1"}}]}'],
    ['a key twice, the last one wrong', '{"results":[{"reference":"a","id":"c-1"}],"results":[]}'],
  ])('does not trust a body of %s', (_, body) => {
    expect(parseSendResponse({ status: 200, retryAfter: undefined, body }, ONE)).toEqual([UNREADABLE]);
  });

  it.each([
    [429, undefined, { kind: 'deferred', cause: 'throttled' }],
    // The carrier may ask for an hour at most.
    [429, '3600', { kind: 'deferred', cause: 'throttled', retryAfterMs: 3_600_000 }],
    [429, '99999999999', { kind: 'deferred', cause: 'throttled', retryAfterMs: 3_600_000 }],
    [429, '2', { kind: 'deferred', cause: 'throttled', retryAfterMs: 2000 }],
    [503, undefined, { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, '30', { kind: 'deferred', cause: 'gateway_unavailable', retryAfterMs: 30_000 }],
    [503, '0', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, '-1', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, '', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, 'soon', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, 'Infinity', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, '1e999', { kind: 'deferred', cause: 'gateway_unavailable' }],
    [503, 'Wed, 21 Oct 2026 07:28:00 GMT', { kind: 'deferred', cause: 'gateway_unavailable' }],
  ])('defers every message at status %d with Retry-After %j', (status, retryAfter, expected) => {
    // The body is ignored, because the whole call was refused.
    const body = ok([{ reference: 'a', id: 'c-1' }]).body;
    expect(parseSendResponse({ status, retryAfter, body }, [{ id: 'a' }, { id: 'b' }])).toEqual([expected, expected]);
  });

  it.each([100, 201, 202, 204, 206, 301, 304, 400, 401, 404, 408, 422, 500, 502, 504, 599])(
    'does not know what status %d means for a message',
    (status) => {
      const response = { ...ok([{ reference: 'a', id: 'c-1' }]), status };
      expect(parseSendResponse(response, ONE)).toEqual([{ kind: 'uncertain', cause: 'http_status' }]);
    },
  );
});

describe('parseSendResponse and the carrier’s ids and codes', () => {
  it('turns them into text that can be stored', () => {
    const read = (result: object) => parseSendResponse(ok([{ reference: 'a', ...result }]), ONE);
    expect(read({ id: 5 })).toEqual([{ kind: 'accepted', carrierId: '5' }]);
    expect(read({ id: 'c\u0000-1' })).toEqual([{ kind: 'accepted', carrierId: 'c-1' }]);
    expect(read({ error: 'rejected', code: '\u0000' })).toEqual([
      { kind: 'rejected', reason: 'rejected', carrierCode: '' },
    ]);
  });
});
