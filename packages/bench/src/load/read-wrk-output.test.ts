import { describe, expect, it } from '@jest/globals';
import { readWrkOutput } from './read-wrk-output.js';

const printed = (fields: object = {}): string => {
  const summary = { requests: 100, micros: 2_000_000, accepted: -1, cpu_seconds: 1, refused: 0, broken: 0, ...fields };
  return `Running 2s test\n  1 threads and 8 connections\nBENCH ${JSON.stringify(summary)}\n`;
};

describe('readWrkOutput', () => {
  it.each([
    ['every answer accepts its one message', {}, 1, { accepted: 100, errors: 0 }],
    ['a refused answer is an error', { refused: 30 }, 1, { accepted: 70, errors: 30 }],
    ['a broken connection is one, too', { broken: 5 }, 1, { accepted: 100, errors: 5 }],
    ['what was counted goes before what is guessed', { accepted: 900 }, 10, { accepted: 900, errors: 100 }],
    ['nothing accepted is no lack of a count', { accepted: 0 }, 10, { accepted: 0, errors: 1_000 }],
  ])('%s', (_, fields, items, expected) => {
    expect(readWrkOutput(printed(fields), { items })).toEqual({ seconds: 2, generatorLoad: 0.5, ...expected });
  });

  it.each([
    ['nothing', '', 'no summary'],
    ['no summary', 'unable to connect to 127.0.0.1:1 Connection refused\n', 'Connection refused'],
    ['a summary that lacks a field', 'BENCH {"requests":1}\n', 'not as expected'],
    ['a summary of something else', printed({ accepted: -2 }), 'not as expected'],
  ])('refuses %s', (_, output, message) => {
    expect(() => readWrkOutput(output, { items: 1 })).toThrow(message);
  });
});
