import { describe, expect, it } from '@jest/globals';
import { MalformedJobError, MAX_CHUNK, parseDeliverJob } from './job.js';

const ID = '018bcfe5-6800-7000-8000-000000000000';
const ids = (count: number): string[] => Array.from({ length: count }, () => ID);

describe('parseDeliverJob', () => {
  it.each([1, 2, MAX_CHUNK])('reads a job of %d ids, in order', (count) => {
    const all = ids(count).map((id, n) => id.slice(0, -3) + String(n).padStart(3, '0'));
    expect(parseDeliverJob({ v: 1, ids: all })).toEqual({ v: 1, ids: all });
  });

  it('reads what a queue stored as JSON', () => {
    expect(parseDeliverJob(JSON.parse(JSON.stringify({ v: 1, ids: [ID] })))).toEqual({ v: 1, ids: [ID] });
  });

  it('ignores and drops a field of a newer release', () => {
    expect(parseDeliverJob({ v: 1, ids: [ID], route: 'x' })).toEqual({ v: 1, ids: [ID] });
  });

  it.each([
    [undefined],
    [null],
    ['a text'],
    [5],
    [[]],
    [{}],
    [{ ids: [ID] }],
    [{ v: 0, ids: [ID] }],
    [{ v: 2, ids: [ID] }],
    [{ v: '1', ids: [ID] }],
  ])('refuses the version of %j', (data) => {
    expect(() => parseDeliverJob(data)).toThrow(new MalformedJobError('the job is of an unknown version'));
  });

  it.each<[string, unknown]>([
    ['no ids', undefined],
    ['an empty list', []],
    ['101 ids', ids(MAX_CHUNK + 1)],
    ['a text', ID],
    ['an object like a list', { length: 1, 0: ID }],
    ['a number in the list', [ID, 5]],
    ['null in the list', [null]],
    ['a list in the list', [[ID]]],
    ['a phone number', ['+8613800138000']],
    ['an id cut short', [ID.slice(1)]],
    ['an id and more', [`${ID} `]],
  ])('refuses %s', (_, value) => {
    expect(() => parseDeliverJob({ v: 1, ids: value })).toThrow(
      new MalformedJobError('the job does not hold 1..100 message ids'),
    );
  });

  it('may be logged, and shows nothing of the job', () => {
    const error = new MalformedJobError('the job is of an unknown version');
    expect(error).toMatchObject({ name: 'MalformedJobError', loggable: true });
    expect(() => parseDeliverJob({ v: 1, ids: ['+8613800138000'] })).not.toThrow(/13800138000/);
  });
});
