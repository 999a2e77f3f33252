import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.js';
import type { LogFields } from './log-fields.js';

function capture(level: LogLevel = 'debug'): {
  log: Logger;
  lines: () => Record<string, unknown>[];
  raw: () => string;
} {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const raw = (): string => Buffer.concat(chunks).toString();
  const lines = () =>
    raw()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log: createLogger({ service: 'ingress', level, stream }), lines, raw };
}

const CANARIES = { code: '771204', number: '+8613800138000', passcode: 'ARDOR-7JF3-8F2E' };
const ALL = Object.values(CANARIES).join(' ');
/** A caller that forgot the types. */
const unchecked = (fields: Record<string, unknown>): LogFields => fields;

describe('createLogger', () => {
  it('writes one JSON line for each event', () => {
    const { log, lines } = capture();
    log.info('accepted', { sms_uid: 'id', count: 3, status: 'queuing' });
    log.error('failed');
    const [first, second] = lines();
    expect(first).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      service: 'ingress',
      event: 'accepted',
      sms_uid: 'id',
      count: 3,
      status: 'queuing',
    });
    expect(Object.keys(second ?? {})).toEqual(['time', 'level', 'service', 'event']);
  });

  it('writes what is at its level or above', () => {
    const { log, lines } = capture('warn');
    for (const level of LOG_LEVELS) log[level](level);
    expect(lines().map((line) => line['event'])).toEqual(['error', 'warn']);
  });

  it('writes a line for each entry of a batch, and nothing for an empty one', () => {
    const { log, lines, raw } = capture();
    log.infoAll('message settled', []);
    expect(raw()).toBe('');
    log.infoAll('message settled', [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }]);
    expect(lines().map(({ level, event, attempt }) => ({ level, event, attempt }))).toEqual(
      [1, 2, 3].map((attempt) => ({ level: 'info', event: 'message settled', attempt })),
    );
  });

  it('writes no batch below its level', () => {
    const { log, raw } = capture('warn');
    log.infoAll('message settled', [{ attempt: 1 }]);
    expect(raw()).toBe('');
  });

  it('keeps a line break in a value inside its line', () => {
    const { log, lines, raw } = capture();
    log.info('odd', { reason: 'a\n{"event":"forged"}\u2028' });
    expect(raw().trimEnd().split('\n')).toHaveLength(1);
    expect(lines()).toHaveLength(1);
  });

  it('lets no field replace the time, the level, the service or the event', () => {
    const { log, lines } = capture();
    log.info(
      'real',
      unchecked({ event: 'forged', level: 'forged', service: 'forged', time: 'forged', message: 'forged' }),
    );
    expect(JSON.stringify(lines())).not.toContain('forged');
    expect(lines()[0]).toMatchObject({ event: 'real', level: 'info', service: 'ingress' });
  });

  it.each<[string, LogFields]>([
    ['the message of an error', { error: new Error(ALL) }],
    [
      'extra properties of an error',
      { error: Object.assign(new Error('x'), { query: ALL, meta: CANARIES, sql: [ALL] }) },
    ],
    [
      'a database error',
      {
        error: Object.assign(new Error(ALL), {
          name: 'PrismaClientKnownRequestError',
          code: 'P2002',
          meta: { target: ALL },
        }),
      },
    ],
    ['a nested cause', { error: new Error('x', { cause: new Error('y', { cause: new TypeError(ALL) }) }) }],
    ['a cause that is no error', { error: new Error('x', { cause: CANARIES }) }],
    ['a cause of text', { error: new Error('x', { cause: ALL }) }],
    ['the errors of an aggregate', { error: new AggregateError([new Error(ALL), ALL], ALL) }],
    ['a thrown text', { error: ALL }],
    ['a thrown object', { error: { message: ALL, stack: ALL } }],
    ['an object that looks like an error', { error: { name: ALL, message: ALL, loggable: true } }],
    ['what toJSON says', { error: Object.assign(new Error('x'), { toJSON: () => ALL }) }],
    ['an unknown key', unchecked({ phone_number: ALL, contents: CANARIES, meta: CANARIES, message: ALL, stack: ALL })],
    ['an object under an allowed key', unchecked({ reason: CANARIES, job_id: [ALL], status: { toJSON: () => ALL } })],
  ])('never shows %s', (_, fields) => {
    const { log, lines, raw } = capture();
    for (const level of LOG_LEVELS) log[level]('canary', fields);
    log.infoAll('canary', [fields]);
    expect(lines()).toHaveLength(5);
    for (const canary of Object.values(CANARIES)) expect(raw()).not.toContain(canary);
  });
});
