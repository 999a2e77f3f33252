import { ok, refused } from '@ardor/domain/errors/result';
import type { Batcher } from '@ardor/runtime/concurrency/batcher';
import type { ClientHandler } from '../http/client-handler.js';
import { okResponse, smsBody, type SmsBody } from '../http/response.js';
import type { AcceptResult } from './accept-batch.js';
import type { PreparedMessage, PrepareMessage } from './prepare-message.js';
import type { RefuseEarly } from './refuse-early.js';
import type { SendRequest } from './schema.js';

export interface SendSmsDeps {
  readonly prepareMessage: PrepareMessage;
  /** Why the message is refused without asking the limiter, so that it takes no slot. */
  readonly refuseEarly: RefuseEarly;
  /** Gathers messages and gives them to `createAcceptBatch` (accept-batch.ts). */
  readonly acceptBatcher: Batcher<PreparedMessage, AcceptResult>;
}

/** An accepted message has an id and waits. */
export const acceptedBody = (id: string): SmsBody => smsBody(id, 'queuing', '0');

/** POST /api/sms/v1/sendsms, behind the guards. */
export function createSendSms(deps: SendSmsDeps): ClientHandler<SendRequest> {
  const { prepareMessage, refuseEarly, acceptBatcher } = deps;
  return async (client, request, logged) => {
    const message = await prepareMessage(client, request);
    if (!message.ok) return message;
    logged.sms_uid = message.value.id;
    logged.lane = message.value.lane;
    const refusal = refuseEarly(message.value);
    if (refusal) return refused(refusal);
    const accepted = await acceptBatcher.submit(message.value);
    return accepted.ok ? ok(okResponse(acceptedBody(accepted.value))) : accepted;
  };
}
