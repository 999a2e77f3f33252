import { setImmediate } from 'node:timers/promises';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { whenReady } from '@ardor/runtime/concurrency/when-ready';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { batchResponse } from '../http/batch-response.js';
import type { ApiResponse } from '../http/response.js';
import type { AcceptResult } from './accept-batch.js';
import type { PreparedMessage, SendRequest } from './prepare-message.js';
import { acceptedBody, backlogRefusal, type SendSmsDeps } from './send-sms.js';

export interface SendSmsBatchDeps extends Pick<SendSmsDeps, 'prepare' | 'isBacklogTooOld'> {
  /** Checks the fields of one message. */
  readonly readMessage: (message: Readonly<Record<string, unknown>>) => Result<SendRequest>;
  /** Joins the batch that is being gathered, all in one. */
  readonly acceptAll: (drafts: readonly PreparedMessage[]) => Promise<readonly AcceptResult[]>;
}

/** Messages that are prepared in one go: a few milliseconds, in which no other request is read. */
const TURN = 200;

/**
 * POST /api/sms/v1/sendsms/batch, behind the guards: one result for each message, in order. A bad message never spoils
 * its neighbours; of two to one number the first is accepted.
 */
export function createSendSmsBatch(
  deps: SendSmsBatchDeps,
): (client: ClientRecord, request: { readonly messages: readonly unknown[] }) => Promise<Result<ApiResponse>> {
  return async (client, { messages }) => {
    const prepared: Result<PreparedMessage>[] = [];
    for (const message of messages) {
      const one = prepareOne(deps, client, message);
      // An await costs a turn of the microtask queue, a thousand times.
      prepared.push(one instanceof Promise ? await one : one);
      if (prepared.length % TURN === 0) await setImmediate();
    }
    const drafts = prepared.flatMap((one) => (one.ok ? [one.value] : []));
    const accepted = drafts.length > 0 ? await deps.acceptAll(drafts) : [];
    let next = 0;
    const results = prepared.map((one): AcceptResult => (one.ok ? (accepted[next++] ?? noResult()) : one));
    return batchResponse(results.map((one) => (one.ok ? ok(acceptedBody(one.value)) : one)));
  };
}

function prepareOne(
  { readMessage, prepare, isBacklogTooOld }: SendSmsBatchDeps,
  client: ClientRecord,
  message: unknown,
): Result<PreparedMessage> | Promise<Result<PreparedMessage>> {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return refused(refuse('invalid_request', 'Each of messages must be an object.'));
  const fields = readMessage(message as Record<string, unknown>);
  if (!fields.ok) return fields;
  return whenReady(prepare(client, fields.value), (draft) =>
    draft.ok && isBacklogTooOld(draft.value.lane) ? refused(backlogRefusal()) : draft,
  );
}

const noResult = (): AcceptResult => refused(refuse('internal_error'));
