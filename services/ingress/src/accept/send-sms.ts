import { refuse, type Refusal } from '@ardor/domain/errors/reasons';
import { ok, refused } from '@ardor/domain/errors/result';
import type { Lane } from '@ardor/domain/message/status';
import type { Batcher } from '@ardor/runtime/concurrency/batcher';
import type { ClientHandler } from '../http/client-handler.js';
import { okResponse, smsBody, type SmsBody } from '../http/response.js';
import type { AcceptResult } from './accept-batch.js';
import type { PreparedMessage, PrepareMessage } from './prepare-message.js';
import type { SendRequest } from './schema.js';

export interface SendSmsDeps {
  readonly prepareMessage: PrepareMessage;
  /** Whether the lane's messages already wait too long. */
  readonly isBacklogTooOld: (lane: Lane) => boolean;
  /** Gathers messages and gives them to `createAcceptBatch` (accept-batch.ts). */
  readonly acceptBatcher: Batcher<PreparedMessage, AcceptResult>;
}

/** An old backlog needs time, so clients wait longer than a second. */
const BACKLOG_RETRY_SECONDS = 5;
const BACKLOG_MESSAGE = 'Messages of this kind wait too long already; nothing was accepted.';

/** This check runs before the limiter, so that a refused send takes no slot. */
export const backlogRefusal = (): Refusal =>
  refuse('overloaded', { message: BACKLOG_MESSAGE, retryAfterSeconds: BACKLOG_RETRY_SECONDS });

/** An accepted message has an id and waits. */
export const acceptedBody = (id: string): SmsBody => smsBody(id, 'queuing', '0');

/** POST /api/sms/v1/sendsms, behind the guards. */
export function createSendSms(deps: SendSmsDeps): ClientHandler<SendRequest> {
  const { prepareMessage, isBacklogTooOld, acceptBatcher } = deps;
  return async (client, request, logged) => {
    const message = await prepareMessage(client, request);
    if (!message.ok) return message;
    logged.sms_uid = message.value.id;
    logged.lane = message.value.lane;
    if (isBacklogTooOld(message.value.lane)) return refused(backlogRefusal());
    const accepted = await acceptBatcher.submit(message.value);
    return accepted.ok ? ok(okResponse(acceptedBody(accepted.value))) : accepted;
  };
}
