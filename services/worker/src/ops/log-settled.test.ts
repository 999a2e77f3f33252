import { expect, it } from '@jest/globals';
import type { LogFields } from '@ardor/runtime/observability/log-fields';
import type { SuccessSample } from '@ardor/runtime/observability/success-sample';
import type { Decision } from '../settle/decision.js';
import { createLogSettled } from './log-settled.js';

const message = { clientId: 'shop', lane: 'otp', attempt: 2 } as const;
const accepted = (id: string): Decision => ({
  message: { ...message, id },
  outcome: 'accepted',
  settlement: { id, status: 'sent', gateway: 'simulator', carrierId: 'c-1' },
});
const deferred = (id: string): Decision => ({
  message: { ...message, id },
  outcome: 'deferred',
  reason: 'throttled',
  settlement: { id, status: 'queuing', gateway: 'simulator', reason: 'throttled', delayMs: 5, chunkId: 'chunk' },
});

/** The lines and the errors that these decisions leave in a log. */
function logOf(decisions: readonly Decision[], written: readonly string[], sample: SuccessSample = () => true) {
  const writes: LogFields[][] = [];
  const log = {
    infoAll: (event: string, entries: readonly LogFields[]) => void writes.push([{ task: event }, ...entries]),
  };
  const errors: LogFields[] = [];
  const logErrors = {
    ...log,
    error: (event: string, fields: LogFields = {}) => void errors.push({ task: event, ...fields }),
  };
  createLogSettled({ log: logErrors, sample })({ decisions, written: new Set(written), durationMs: 12.4 });
  expect(writes).toHaveLength(1);
  const [event, ...lines] = writes[0] ?? [];
  expect(event).toEqual({ task: 'message settled' });
  return { lines, errors };
}

it('a settled message gets one line with all that is needed to follow it', () => {
  expect(logOf([accepted('a'), deferred('b')], ['a', 'b'])).toEqual({
    errors: [],
    lines: [
      {
        sms_uid: 'a',
        client_id: 'shop',
        lane: 'otp',
        gateway: 'simulator',
        attempt: 2,
        outcome: 'accepted',
        duration_ms: 12,
      },
      {
        sms_uid: 'b',
        client_id: 'shop',
        lane: 'otp',
        gateway: 'simulator',
        attempt: 2,
        outcome: 'deferred',
        reason: 'throttled',
        duration_ms: 12,
      },
    ],
  });
});

it('messages that could not be opened are also an error, which names one of them', () => {
  const unopened = (id: string): Decision => ({ ...deferred(id), reason: 'undecipherable' });
  const { errors, lines } = logOf([accepted('a'), unopened('b'), unopened('c')], ['a', 'b', 'c']);
  expect(errors).toEqual([{ task: 'messages not opened', count: 2, sms_uid: 'b' }]);
  expect(lines).toHaveLength(3);
});

it('a message that was not written gets no line', () => {
  expect(logOf([accepted('a'), deferred('b')], ['b']).lines).toMatchObject([{ sms_uid: 'b' }]);
});

it('a success outside the sample gets no line, any other outcome always does', () => {
  expect(logOf([accepted('a'), accepted('b'), deferred('c')], ['a', 'b', 'c'], (id) => id === 'b').lines).toMatchObject(
    [{ sms_uid: 'b' }, { sms_uid: 'c' }],
  );
});
