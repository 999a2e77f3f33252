import { describe, expect, it } from '@jest/globals';
import { outcomeOfTransportFailure } from './transport-failure.js';

const UNREACHABLE = { kind: 'deferred', cause: 'gateway_unavailable' };

describe('outcomeOfTransportFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EADDRNOTAVAIL',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('takes %s for certainly not sent', (code) => {
    expect(outcomeOfTransportFailure(Object.assign(new Error('x'), { code }))).toEqual(UNREACHABLE);
  });

  it('takes an aggregate of refused addresses for certainly not sent', () => {
    const aggregate = Object.assign(new AggregateError([new Error('v4'), new Error('v6')]), { code: 'ECONNREFUSED' });
    expect(outcomeOfTransportFailure(aggregate)).toEqual(UNREACHABLE);
  });

  it.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'UND_ERR_ABORTED',
    'UND_ERR_DESTROYED',
    'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    'HPE_INVALID_CONSTANT',
    'SOMETHING_NEW',
  ])('takes %s for unknown', (code) => {
    expect(outcomeOfTransportFailure(Object.assign(new Error('x'), { code }))).toEqual({
      kind: 'uncertain',
      cause: 'connection_lost',
    });
  });

  it('recognizes a timeout by its name', () => {
    expect(outcomeOfTransportFailure(new DOMException('x', 'TimeoutError'))).toEqual({
      kind: 'uncertain',
      cause: 'timeout',
    });
  });

  it.each([
    [undefined],
    [null],
    ['ECONNREFUSED'],
    [111],
    [{}],
    [{ code: 111 }],
    [{ code: ['ECONNREFUSED'] }],
    [new Error('ECONNREFUSED')],
  ])('takes %p for unknown', (thrown) => {
    expect(outcomeOfTransportFailure(thrown)).toEqual({ kind: 'uncertain', cause: 'connection_lost' });
  });

  it('shows nothing of the error', () => {
    const error = Object.assign(new Error('+8613800138000'), { code: 'canary', cause: '771204' });
    expect(JSON.stringify(outcomeOfTransportFailure(error))).not.toMatch(/13800138000|canary|771204/);
  });
});
