import type { Logger } from '@ardor/runtime/observability/logger';
import type { SuccessSample } from '@ardor/runtime/observability/success-sample';
import type { Exchange } from '../http/handle-request.js';

/**
 * One line for each request, and one for each accepted message of a batch. Refusals and errors are always logged. Successes are sampled by the
 * message's id, so the worker logs the same messages. No line holds a phone number, a message text or a passcode.
 */
export function createRequestLog(
  log: Pick<Logger, 'info' | 'warn' | 'infoAll'>,
  isSampled: SuccessSample,
): (exchange: Exchange) => void {
  return ({ id, route, response: { status, reason }, seconds, logged: { acceptedMessages, ...logged } }) => {
    if (status !== 200 || isSampled(logged.sms_uid ?? id)) {
      const write = status >= 500 ? log.warn : log.info;
      const duration_ms = Math.round(seconds * 1000);
      const accepted = acceptedMessages && { accepted: acceptedMessages.length };
      write('request', { request_id: id, route, http_status: status, reason, ...logged, ...accepted, duration_ms });
    }
    if (!acceptedMessages) return;
    log.infoAll(
      'message accepted',
      acceptedMessages
        .filter(({ sms_uid }) => isSampled(sms_uid))
        .map(({ sms_uid, lane }) => ({ sms_uid, request_id: id, client_id: logged.client_id ?? '', lane })),
    );
  };
}
