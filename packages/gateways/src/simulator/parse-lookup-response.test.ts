import { describe, expect, it } from '@jest/globals';
import { parseLookupResponse } from './parse-lookup-response.js';

const read = (body: unknown): unknown => parseLookupResponse(200, JSON.stringify(body));
const NO_RESPONSE = { kind: 'no_response' };

describe('parseLookupResponse', () => {
  it('takes 404 for a message that was not received, whatever the body says', () => {
    for (const body of ['', '<html>', '{"id":"c-1","state":"delivered"}']) {
      expect(parseLookupResponse(404, body)).toEqual({ kind: 'not_received' });
    }
  });

  it.each([201, 204, 301, 400, 401, 403, 410, 429, 500, 503])('trusts no response with status %d', (status) => {
    expect(parseLookupResponse(status, '{"id":"c-1","state":"delivered"}')).toEqual(NO_RESPONSE);
  });

  it.each<[unknown, unknown]>([
    [
      { id: 'c-1', state: 'taken' },
      { kind: 'received', carrierId: 'c-1' },
    ],
    [
      { id: 'c-1', state: 'delivered', code: '000' },
      { kind: 'received', carrierId: 'c-1', receipt: 'delivered' },
    ],
    [
      { id: 'c-1', state: 'undelivered' },
      { kind: 'received', carrierId: 'c-1', receipt: 'undelivered' },
    ],
    [
      { id: 'c-1', state: 'expired' },
      { kind: 'received', carrierId: 'c-1', receipt: 'expired' },
    ],
    // It has an id, so it was received first and rejected by the network later.
    [
      { id: 'c-1', state: 'rejected', code: '013' },
      { kind: 'received', carrierId: 'c-1', receipt: 'rejected' },
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
    [{ state: 'throttled' }, { kind: 'not_received' }],
    [
      { id: 5, state: 'taken' },
      { kind: 'received', carrierId: '5' },
    ],
    // States the protocol does not name: the message has an id, so it was received.
    ...['pondering', 'DELIVERED', 'constructor'].map((state): [unknown, unknown] => [
      { id: 'c-1', state },
      { kind: 'received', carrierId: 'c-1' },
    ]),
  ])('parses %j', (body, expected) => {
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
  ])('trusts no response with %s', (_, body) => {
    expect(read(body)).toEqual(NO_RESPONSE);
  });

  it.each(['', 'taken', '<html>', '{"id":"c-1","state":"taken"', '{"__proto__":{"id":"c-1","state":"taken"}}'])(
    'trusts no body %j',
    (body) => {
      expect(parseLookupResponse(200, body)).toEqual(NO_RESPONSE);
    },
  );
});
