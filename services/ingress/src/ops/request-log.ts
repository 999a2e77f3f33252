import type { Logger } from '@ardor/runtime/observability/logger';
import type { SuccessSample } from '@ardor/runtime/observability/success-sample';
import type { Exchange } from '../http/handle-request.js';

/**
 * One line a request. Refusals and errors always; successes as sampled, by the message's id, so that the worker logs the same messages.
 * Nothing in it is a number, a text or a passcode.
 */
export function createRequestLog(
  log: Pick<Logger, 'info' | 'warn'>,
  isSampled: SuccessSample,
): (exchange: Exchange) => void {
  return ({ id, route, response: { status, reason }, seconds, logged }) => {
    if (status === 200 && !isSampled(logged.sms_uid ?? id)) return;
    const write = status >= 500 ? log.warn : log.info;
    write('request', {
      request_id: id,
      route,
      http_status: status,
      reason,
      ...logged,
      duration_ms: Math.round(seconds * 1000),
    });
  };
}
