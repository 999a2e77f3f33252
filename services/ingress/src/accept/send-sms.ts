import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { publicStatus, type Lane } from '@ardor/domain/message/status';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { okResponse, smsBody, type ApiResponse, type SmsBody } from '../http/response.js';
import type { AcceptResult } from './accept-batch.js';
import type { PreparedMessage, PrepareMessage, SendRequest } from './prepare-message.js';

export interface SendSmsDeps {
  readonly prepare: PrepareMessage;
  /** Whether messages of the lane wait too long already. */
  readonly isBacklogTooOld: (lane: Lane) => boolean;
  /** Joins the batch that is being gathered. */
  readonly accept: (draft: PreparedMessage) => Promise<AcceptResult>;
}

/** A backlog that is minutes old is not gone in a second. */
const BACKLOG_RETRY_SECONDS = 5;
const BEHIND = 'Messages of this kind wait too long already; nothing was accepted.';

/** Why a send that is prepared is refused before the limiter, so that it takes no slot. */
export const backlogRefusal = (): Refusal => refuse('overloaded', BEHIND, BACKLOG_RETRY_SECONDS);

/** What is said of a message that was accepted: it has an id, and waits. */
export const acceptedBody = (id: string): SmsBody => smsBody(id, publicStatus('queuing'), '0');

/** POST /api/sms/v1/sendsms, behind the guards. */
export function createSendSms({
  prepare,
  isBacklogTooOld,
  accept,
}: SendSmsDeps): (client: ClientRecord, request: SendRequest) => Result<ApiResponse> | Promise<Result<ApiResponse>> {
  return (client, request) =>
    whenReady(prepare(client, request), (draft) => {
      if (!draft.ok) return draft;
      if (isBacklogTooOld(draft.value.lane)) return refused(backlogRefusal());
      return accept(draft.value).then((accepted) =>
        accepted.ok ? ok(okResponse(acceptedBody(accepted.value))) : accepted,
      );
    });
}
