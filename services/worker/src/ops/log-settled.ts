import type { LogFields } from '@ardor/runtime/observability/log-fields';
import type { Logger } from '@ardor/runtime/observability/logger';
import type { SuccessSample } from '@ardor/runtime/observability/success-sample';
import type { Decision } from '../settle/decision.js';
import type { SettleReport } from '../settle/settle-and-requeue.js';

export interface LogSettledDeps {
  readonly log: Pick<Logger, 'infoAll' | 'error'>;
  /** Whether an accepted message gets its line. Every other outcome always gets one. */
  readonly sample: SuccessSample;
}

/** Writes one line for each message that was settled, those of a chunk at once. */
export function createLogSettled({ log, sample }: LogSettledDeps): (report: SettleReport) => void {
  return ({ decisions, written, durationMs }) => {
    const logged = decisions.filter(
      ({ message: { id }, outcome }) => written.has(id) && (outcome !== 'accepted' || sample(id)),
    );
    log.infoAll(
      'message settled',
      logged.map((decision) => fieldsOf(decision, Math.round(durationMs))),
    );
    // Another key somewhere, or a damaged row: an operator has to look.
    const unopened = decisions.filter(({ reason }) => reason === 'undecipherable');
    if (unopened.length > 0)
      log.error('messages not opened', { count: unopened.length, sms_uid: unopened[0]?.message.id });
  };
}

function fieldsOf({ message, outcome, reason, settlement }: Decision, durationMs: number): LogFields {
  const fields = {
    sms_uid: message.id,
    client_id: message.clientId,
    lane: message.lane,
    gateway: settlement.gateway,
    attempt: message.attempt,
    outcome,
    duration_ms: durationMs,
  };
  return reason === undefined ? fields : { ...fields, reason };
}
