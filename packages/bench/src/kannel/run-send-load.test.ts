import { describe, expect, it } from '@jest/globals';
import { readSendSummary } from './run-send-load.js';

const printed = (fields: object = {}): string =>
  `Running 1s test\n${JSON.stringify({ requests: 100, seconds: 2, refused: 30, broken: 5, p50: 1, ...fields })}\n`;

describe('readSendSummary', () => {
  it('counts what was accepted, and what was not', () => {
    expect(readSendSummary(printed())).toEqual({ seconds: 2, accepted: 70, errors: 35 });
  });

  it.each([
    ['nothing', ''],
    ['no summary', 'unable to connect to 127.0.0.1:1 Connection refused\n'],
    ['no time', printed({ seconds: 0 })],
    ['half an answer', printed({ requests: 1.5 })],
  ])('refuses %s', (_, output) => {
    expect(() => readSendSummary(output)).toThrow('not as expected');
  });
});
