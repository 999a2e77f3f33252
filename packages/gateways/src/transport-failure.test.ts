import { describe, expect, it } from '@jest/globals';
import { transportFailure } from './transport-failure.js';

const UNREACHABLE = { kind: 'deferred', cause: 'gateway_unavailable' };

describe('transportFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EADDRNOTAVAIL',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('%s: certainly not sent', (code) => {
    expect(transportFailure(Object.assign(new Error('x'), { code }))).toEqual(UNREACHABLE);
  });

  it('an aggregate of refused addresses: certainly not sent', () => {
    const aggregate = Object.assign(new AggregateError([new Error('v4'), new Error('v6')]), { code: 'ECONNREFUSED' });
    expect(transportFailure(aggregate)).toEqual(UNREACHABLE);
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
  ])('%s: unknown', (code) => {
    expect(transportFailure(Object.assign(new Error('x'), { code }))).toEqual({
      kind: 'uncertain',
      cause: 'connection_lost',
    });
  });

  it('a timeout: unknown, by name', () => {
    expect(transportFailure(new DOMException('x', 'TimeoutError'))).toEqual({ kind: 'uncertain', cause: 'timeout' });
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
  ])('%p: unknown', (thrown) => {
    expect(transportFailure(thrown)).toEqual({ kind: 'uncertain', cause: 'connection_lost' });
  });

  it('says nothing of the error', () => {
    const error = Object.assign(new Error('+8613800138000'), { code: 'canary', cause: '771204' });
    expect(JSON.stringify(transportFailure(error))).not.toMatch(/13800138000|canary|771204/);
  });
});
