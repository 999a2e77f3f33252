import { ok, type Result } from '@ardor/domain/result';
import { publicStatus } from '@ardor/domain/status';
import type { ClientRecord } from '@ardor/store/find-client';
import { smsReply, type Reply } from '../http/reply.js';
import type { Accepted } from './accept-batch.js';
import type { Draft, Prepare, SendRequest } from './prepare.js';

export interface SendSmsDeps {
  readonly prepare: Prepare;
  /** Joins the batch that is being gathered. */
  readonly accept: (draft: Draft) => Promise<Accepted>;
}

/** POST /api/sms/v1/sendsms, behind the guards. */
export function createSendSms({
  prepare,
  accept,
}: SendSmsDeps): (client: ClientRecord, request: SendRequest) => Promise<Result<Reply>> {
  return async (client, request) => {
    const draft = await prepare(client, request);
    if (!draft.ok) return draft;
    const accepted = await accept(draft.value);
    if (!accepted.ok) return accepted;
    return ok(smsReply(accepted.value, publicStatus('queuing'), '0'));
  };
}
