import { describe, expect, it } from '@jest/globals';
import { readLookup } from './read-lookup.js';

const read = (body: unknown): unknown => readLookup(200, JSON.stringify(body));
const NO_ANSWER = { kind: 'no_answer' };

describe('readLookup', () => {
  it('says not taken at 404, whatever the body', () => {
    for (const body of ['', '<html>', '{"id":"c-1","state":"delivered"}']) {
      expect(readLookup(404, body)).toEqual({ kind: 'not_taken' });
    }
  });

  it.each([201, 204, 301, 400, 401, 403, 410, 429, 500, 503])('trusts no %d', (status) => {
    expect(readLookup(status, '{"id":"c-1","state":"delivered"}')).toEqual(NO_ANSWER);
  });

  it.each<[unknown, unknown]>([
    [
      { id: 'c-1', state: 'taken' },
      { kind: 'taken', carrierId: 'c-1' },
    ],
    [
      { id: 'c-1', state: 'delivered', code: '000' },
      { kind: 'taken', carrierId: 'c-1', receipt: 'delivered' },
    ],
    [
      { id: 'c-1', state: 'undelivered' },
      { kind: 'taken', carrierId: 'c-1', receipt: 'undelivered' },
    ],
    [
      { id: 'c-1', state: 'expired' },
      { kind: 'taken', carrierId: 'c-1', receipt: 'expired' },
    ],
    // Taken first and rejected by the network later: it has an id.
    [
      { id: 'c-1', state: 'rejected', code: '013' },
      { kind: 'taken', carrierId: 'c-1', receipt: 'rejected' },
    ],
    [
      { state: 'rejected', code: '013' },
      { kind: 'rejected', carrierCode: '013' },
    ],
    [
      { state: 'rejected', code: 13 },
      { kind: 'rejected', carrierCode: '13' },
    ],
    [{ state: 'rejected' }, { kind: 'rejected', carrierCode: '' }],
    [{ state: 'throttled' }, { kind: 'not_taken' }],
    [
      { id: 5, state: 'taken' },
      { kind: 'taken', carrierId: '5' },
    ],
    // Words of another carrier: it has an id, so it was taken.
    ...['pondering', 'DELIVERED', 'constructor'].map((state): [unknown, unknown] => [
      { id: 'c-1', state },
      { kind: 'taken', carrierId: 'c-1' },
    ]),
  ])('reads %j', (body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['no state', { id: 'c-1' }],
    ['a state of null', { id: 'c-1', state: null }],
    ['a state that is no text', { id: 'c-1', state: ['delivered'] }],
    ['an unknown state without an id', { state: 'error' }],
    ['an end without an id', { state: 'delivered' }],
    ['taken, without an id', { state: 'taken' }],
    ['taken, with an empty id', { id: '', state: 'taken' }],
    ['taken, with an id of nothing that can be stored', { id: '\u0000', state: 'taken' }],
    ['a list', [{ id: 'c-1', state: 'taken' }]],
    ['a text', 'taken'],
    ['null', null],
  ])('trusts no answer with %s', (_, body) => {
    expect(read(body)).toEqual(NO_ANSWER);
  });

  it.each(['', 'taken', '<html>', '{"id":"c-1","state":"taken"', '{"__proto__":{"id":"c-1","state":"taken"}}'])(
    'trusts no body %j',
    (body) => {
      expect(readLookup(200, body)).toEqual(NO_ANSWER);
    },
  );
});
