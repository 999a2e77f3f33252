import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { publicStatus } from '@ardor/domain/message/status';
import type { Batcher } from '@ardor/runtime/concurrency/batcher';
import type { ClientRecord } from '@ardor/store/clients/read-clients';
import type { ClientHandler } from '../http/client-handler.js';
import { okResponse, smsBody, type SmsBody } from '../http/response.js';
import type { QuotaOf } from '../limits/client-quotas.js';
import type { MessageQuery, QueryResult } from './query-messages.js';
import type { QueryRequest } from './schema.js';

export interface QuerySmsDeps {
  /** Gathers queries for `createQueryMessages`. */
  readonly queryBatcher: Batcher<MessageQuery, QueryResult>;
  readonly quotaOf: QuotaOf;
}

/** POST /api/sms/v1/querysms, behind the guards. */
export function createQuerySms({ queryBatcher, quotaOf }: QuerySmsDeps): ClientHandler<QueryRequest> {
  return async (client, { sms_uid }, logged) => {
    const id = sms_uid.toLowerCase();
    logged.sms_uid = id;
    const state = messageStatus(client, id, await queryBatcher.submit({ id, quota: quotaOf(client) }));
    return state.ok ? ok(okResponse(state.value)) : state;
  };
}

/** What a client may know of a message. Another client's message and an unknown one get the same refusal. */
export function messageStatus(client: ClientRecord, id: string, found: QueryResult): Result<SmsBody> {
  if (!found.ok) return found;
  if (found.value?.clientId !== client.id) return refused(refuse('message_unknown'));
  const { status, reason } = found.value;
  return ok(smsBody(id, publicStatus(status), status === 'error' ? (reason ?? 'internal_error') : '0'));
}
