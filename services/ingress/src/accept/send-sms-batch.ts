import { setImmediate } from 'node:timers/promises';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import { compileBody, type JsonObject } from '../http/validate-body.js';
import type { ClientHandler } from '../http/client-handler.js';
import { batchResponse } from '../http/batch-response.js';
import type { AcceptResult } from './accept-batch.js';
import type { PreparedMessage } from './prepare-message.js';
import { messageSchema, type SendBatchRequest } from './schema.js';
import { acceptedBody, type SendSmsDeps } from './send-sms.js';

/** Preparing 200 messages takes a few milliseconds, in which the process reads no other request. */
const MESSAGES_PER_TURN = 200;

const validateMessage = compileBody(messageSchema);

/**
 * POST /api/sms/v1/sendsms/batch, behind the guards: one result for each message, in order. A bad message does not affect the others. Of
 * two messages to one number the first is accepted.
 */
export function createSendSmsBatch(deps: SendSmsDeps): ClientHandler<SendBatchRequest> {
  return async (client, { messages }, logged) => {
    logged.batch = messages.length;
    const prepared: Result<PreparedMessage>[] = [];
    for (const message of messages) {
      prepared.push(await prepareOne(deps, client, message));
      if (prepared.length % MESSAGES_PER_TURN === 0) await setImmediate();
    }
    const accepted = await acceptPrepared(deps, prepared);
    logged.acceptedMessages = prepared.flatMap((one, index) =>
      one.ok && accepted[index]?.ok ? [{ sms_uid: one.value.id, lane: one.value.lane }] : [],
    );
    return batchResponse(accepted.map((result) => (result.ok ? ok(acceptedBody(result.value)) : result)));
  };
}

async function prepareOne(
  { prepareMessage, refuseEarly }: SendSmsDeps,
  client: ClientRecord,
  message: unknown,
): Promise<Result<PreparedMessage>> {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return refused(refuse('invalid_request', { message: 'Each of messages must be an object.' }));
  const valid = validateMessage(message as JsonObject);
  if (!valid.ok) return valid;
  const prepared = await prepareMessage(client, valid.value);
  const refusal = prepared.ok ? refuseEarly(prepared.value) : undefined;
  return refusal ? refused(refusal) : prepared;
}

/** Accepts the messages that could be prepared; the others keep their refusal. */
async function acceptPrepared(
  { acceptBatcher }: SendSmsDeps,
  prepared: readonly Result<PreparedMessage>[],
): Promise<AcceptResult[]> {
  const messages = prepared.flatMap((one) => (one.ok ? [one.value] : []));
  const accepted = messages.length > 0 ? await acceptBatcher.submitAll(messages) : [];
  let next = 0;
  return prepared.map((one) => (one.ok ? (accepted[next++] ?? refused(refuse('internal_error'))) : one));
}
