import type { LogFields } from '@ardor/runtime/observability/log-fields';
import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../http/handle-request.js';
import { createRequestLog } from './request-log.js';

const SAMPLED = 'sampled-uid';

function logged(exchange: Partial<Exchange> & { status?: number; reason?: string }) {
  const lines: [level: string, event: string, fields: LogFields | undefined][] = [];
  const log = {
    info: (event: string, fields?: LogFields) => void lines.push(['info', event, fields]),
    warn: (event: string, fields?: LogFields) => void lines.push(['warn', event, fields]),
    infoAll: (event: string, all: readonly LogFields[]) =>
      void lines.push(...all.map((fields): [string, string, LogFields] => ['info', event, fields])),
  };
  const { status = 200, reason = 'ok', ...rest } = exchange;
  createRequestLog(
    log,
    (id) => id === SAMPLED,
  )({
    id: 'a-request',
    route: '/api/sms/v1/sendsms',
    response: { status, reason, body: {} },
    seconds: 0.0123,
    logged: { client_id: 'shop', sms_uid: SAMPLED, lane: 'otp' },
    ...rest,
  });
  return lines;
}

describe('a request’s log line', () => {
  it('names the message, the client and the outcome', () => {
    expect(logged({})).toEqual([
      [
        'info',
        'request',
        {
          request_id: 'a-request',
          route: '/api/sms/v1/sendsms',
          http_status: 200,
          reason: 'ok',
          client_id: 'shop',
          sms_uid: SAMPLED,
          lane: 'otp',
          duration_ms: 12,
        },
      ],
    ]);
  });

  it('is left out of a success that is not sampled', () => {
    expect(logged({ logged: { sms_uid: 'another-uid' } })).toEqual([]);
  });

  it('is sampled by the request’s id where there is no single message', () => {
    expect(logged({ id: SAMPLED, logged: { batch: 7 } })).toHaveLength(1);
    expect(logged({ id: 'another', logged: { batch: 7 } })).toEqual([]);
  });

  it('is followed by one for each accepted message of a batch that is sampled', () => {
    const acceptedMessages = [
      { sms_uid: SAMPLED, lane: 'otp' },
      { sms_uid: 'another-uid', lane: 'bulk' },
    ];
    const lines = logged({ id: SAMPLED, logged: { client_id: 'shop', batch: 3, acceptedMessages } });
    expect(lines).toEqual([
      ['info', 'request', expect.objectContaining({ batch: 3, accepted: 2 })],
      ['info', 'message accepted', { sms_uid: SAMPLED, request_id: SAMPLED, client_id: 'shop', lane: 'otp' }],
    ]);
  });

  it('is written ten times a second at most where no route fits, and counts on in the next second', () => {
    const lines: unknown[] = [];
    const write = (event: string): void => void lines.push(event);
    let now = 5_000;
    const log = createRequestLog(
      { info: write, warn: write, infoAll: write },
      () => true,
      () => now,
    );
    const ask = (count: number, route: string): void => {
      for (let n = 0; n < count; n++)
        log({ id: 'x', route, response: { status: 404, reason: 'route_unknown', body: {} }, seconds: 0, logged: {} });
    };
    ask(10, 'none');
    expect(lines).toHaveLength(10);
    ask(100, 'none');
    expect(lines).toHaveLength(10);
    ask(3, '/api/sms/v1/sendsms');
    expect(lines).toHaveLength(13);
    now = 6_000;
    ask(2, 'none');
    expect(lines).toHaveLength(15);
  });

  it.each([
    [429, 'number_rate_limited', 'info'],
    [503, 'database_unavailable', 'warn'],
  ])('is always written for a %d, %s, at level %s', (status, reason, level) => {
    const lines = logged({ status, reason, logged: { sms_uid: 'another-uid' } });
    expect(lines).toEqual([[level, 'request', expect.objectContaining({ http_status: status, reason })]]);
  });
});
