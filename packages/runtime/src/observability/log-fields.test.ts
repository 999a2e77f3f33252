import { describe, expect, it } from '@jest/globals';
import { allowFields, describeError, LOG_FIELDS, type ErrorDescription } from './log-fields.js';

const CODE = '771204';
const NUMBER = '+8613800138000';

describe('allowFields', () => {
  it('keeps every allowed key with a scalar', () => {
    const fields = Object.fromEntries(
      LOG_FIELDS.map((key, index) => [key, [`v${index}`, index, index % 2 === 0][index % 3]]),
    );
    expect(allowFields(fields)).toEqual(fields);
  });

  it('keeps false, nought and the empty text', () => {
    expect(allowFields({ count: 0, status: '', reason: false })).toEqual({ count: 0, status: '', reason: false });
  });

  it('drops every other key', () => {
    const others = ['phone_number', 'to', 'text', 'contents', 'passcode', 'body', 'message', 'time', 'event', 'level'];
    expect(allowFields(Object.fromEntries(others.map((key) => [key, CODE])))).toEqual({});
    expect(
      allowFields(
        JSON.parse(`{"__proto__":"${CODE}","constructor":"${CODE}","toString":"${CODE}"}`) as object as Record<
          string,
          unknown
        >,
      ),
    ).toEqual({});
  });

  it('drops what is no scalar, under an allowed key too', () => {
    const values = [
      { code: CODE },
      [CODE],
      null,
      undefined,
      () => CODE,
      Symbol(CODE),
      1n,
      Buffer.from(CODE),
      new Error(CODE),
    ];
    for (const value of values) expect(allowFields({ reason: value, status: value })).toEqual({});
  });

  it('describes an error, whatever was thrown', () => {
    expect(allowFields({ error: new RangeError(CODE) })['error']).toMatchObject({ name: 'RangeError' });
    for (const thrown of [CODE, 771204, { code: CODE }, null, [NUMBER]]) {
      expect(JSON.stringify(allowFields({ error: thrown }))).toMatch(
        /^\{"error":\{"name":"non-error (string|number|object)"\}\}$/,
      );
    }
  });
});

describe('describeError', () => {
  it.each(['Command timed out', 'Connection is closed.'])('keeps what a client says of its server: %s', (message) => {
    expect(describeError(new Error(message)).message).toBe(message);
    expect(describeError(new Error(`${message}: ${CODE}`)).message).toBeUndefined();
  });

  it('drops the message of a plain error and keeps its name, its code and its place', () => {
    const described = describeError(Object.assign(new Error(`value ${CODE} of ${NUMBER}`), { code: '23505' }));
    expect(described).toEqual({ name: 'Error', code: '23505', frames: expect.any(Array) });
    expect(described.frames?.length).toBeGreaterThan(0);
    expect(described.frames?.length).toBeLessThanOrEqual(8);
    expect(described.frames?.join()).toContain('log-fields.test');
  });

  it('keeps the message of the operating system', () => {
    const system = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), {
      code: 'ECONNREFUSED',
      errno: -111,
      syscall: 'connect',
    });
    expect(describeError(system)).toMatchObject({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 127.0.0.1:6379',
    });
    const half = Object.assign(new Error(CODE), { code: 'X', errno: -1 });
    expect(describeError(half)).not.toHaveProperty('message');
  });

  it.each(['ConfigError', 'ReplyError', 'MaxRetriesPerRequestError', 'TimeoutError'])(
    'keeps the message of a %s',
    (name) => {
      expect(describeError(Object.assign(new Error('OOM'), { name }))).toMatchObject({ name, message: 'OOM' });
    },
  );

  it('keeps the message of an error that says so itself, and only with true', () => {
    expect(describeError(Object.assign(new Error('fixed words'), { loggable: true })).message).toBe('fixed words');
    for (const loggable of [1, 'true', {}]) {
      expect(describeError(Object.assign(new Error(CODE), { loggable }))).not.toHaveProperty('message');
    }
  });

  it('drops a code that is no text', () => {
    expect(describeError(Object.assign(new Error('x'), { code: { value: CODE } }))).not.toHaveProperty('code');
    expect(describeError(Object.assign(new Error('x'), { code: 771204 }))).not.toHaveProperty('code');
  });

  it('follows causes four deep, and no deeper', () => {
    const chain = (depth: number): Error => new Error(`level ${depth}`, depth === 0 ? {} : { cause: chain(depth - 1) });
    const depthOf = (error: ErrorDescription): number => (error.cause ? 1 + depthOf(error.cause) : 0);
    expect([3, 4, 5, 50].map((depth) => depthOf(describeError(chain(depth))))).toEqual([3, 4, 4, 4]);
  });

  it('ends with a cause that goes round', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  });

  it('judges each cause by itself', () => {
    const trusted = Object.assign(new Error('OOM'), { name: 'ReplyError', cause: new Error(CODE) });
    expect(describeError(trusted)).toMatchObject({ message: 'OOM', cause: { name: 'Error' } });
    expect(JSON.stringify(describeError(trusted))).not.toContain(CODE);
    const plain = new Error(CODE, { cause: Object.assign(new Error('OOM'), { name: 'ReplyError' }) });
    expect(describeError(plain).cause).toMatchObject({ message: 'OOM' });
    expect(JSON.stringify(describeError(plain))).not.toContain(CODE);
  });

  it('shows no line of a message that looks like a frame', () => {
    const error = new Error(`syntax error\n    at ${NUMBER}\n    at code (${CODE}:1:1)\nmore`);
    const described = JSON.stringify(describeError(error));
    expect(described).not.toMatch(/771204|13800138000/);
    expect(described).toContain('log-fields.test');
    const changed = new Error(`syntax error\n    at ${NUMBER}`);
    changed.message = 'other';
    expect(JSON.stringify(describeError(changed))).not.toContain('13800138000');
  });

  it('bears an error without a stack', () => {
    const error = new Error(CODE);
    delete error.stack;
    expect(describeError(error)).toEqual({ name: 'Error' });
  });
});
