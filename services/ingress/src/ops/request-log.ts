import { monotonicClock, type MonotonicClock } from '@ardor/runtime/concurrency/monotonic-clock';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { SuccessSample } from '@ardor/runtime/observability/success-sample';
import type { Exchange } from '../http/handle-request.js';

/** Lines a second about requests without a route: a stranger must not fill the log. */
const UNROUTED_PER_SECOND = 10;

/**
 * One line for each request, and one for each accepted message of a batch. Refusals and errors are logged, with two exceptions: log-ins
 * beyond the limit of failures get no line, and requests that fit no route get ten a second. Metrics count all. Successes are sampled by the
 * message's id, so the worker logs the same messages. No line holds a phone number, a message text or a passcode.
 */
export function createRequestLog(
  log: Pick<Logger, 'info' | 'warn' | 'infoAll'>,
  isSampled: SuccessSample,
  now: MonotonicClock = monotonicClock,
): (exchange: Exchange) => void {
  let [second, unrouted] = [0, 0];
  const isOneTooMany = (): boolean => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, unrouted] = [current, 0];
    return ++unrouted > UNROUTED_PER_SECOND;
  };
  return (exchange) => {
    const { id, route, response, logged } = exchange;
    // Counted by failed-logins, which tells them once a minute: a stranger must not fill the log.
    if (response.reason === 'too_many_failed_logins') return;
    if (route === 'none' && isOneTooMany()) return;
    if (response.status >= 500) log.warn('request', fieldsOf(exchange));
    else if (response.status !== 200 || isSampled(logged.sms_uid ?? id)) log.info('request', fieldsOf(exchange));
    if (logged.acceptedMessages) log.infoAll('message accepted', fieldsOfBatch(exchange, isSampled));
  };
}

/** Every field by name: a spread with further fields cost a send 20 µs (docs/adr/0014). */
const fieldsOf = ({ id, route, response, seconds, logged }: Exchange) => ({
  request_id: id,
  route,
  http_status: response.status,
  reason: response.reason,
  client_id: logged.client_id,
  sms_uid: logged.sms_uid,
  lane: logged.lane,
  batch: logged.batch,
  accepted: logged.acceptedMessages?.length,
  duration_ms: Math.round(seconds * 1000),
});

const fieldsOfBatch = ({ id, logged: { client_id, acceptedMessages = [] } }: Exchange, isSampled: SuccessSample) =>
  acceptedMessages
    .filter(({ sms_uid }) => isSampled(sms_uid))
    .map(({ sms_uid, lane }) => ({ sms_uid, request_id: id, client_id, lane }));
