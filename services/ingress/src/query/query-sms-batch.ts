import { refuse } from '@ardor/domain/errors/reasons';
import { refused, type Result } from '@ardor/domain/errors/result';
import { isUuid } from '@ardor/domain/message/uuid7';
import type { ClientHandler } from '../http/client-handler.js';
import { batchResponse } from '../http/batch-response.js';
import type { SmsBody } from '../http/response.js';
import { messageStatus, type QuerySmsDeps } from './query-sms.js';
import type { QueryBatchRequest } from './schema.js';

/** POST /api/sms/v1/querysms/batch, behind the guards: one result for each id, in order. Each id counts as a query. */
export function createQuerySmsBatch({ queryBatcher, quotaOf }: QuerySmsDeps): ClientHandler<QueryBatchRequest> {
  return async (client, { sms_uids }, logged) => {
    logged.batch = sms_uids.length;
    const ids = sms_uids.map((uid) => (typeof uid === 'string' && isUuid(uid) ? uid.toLowerCase() : undefined));
    const quota = quotaOf(client);
    const valid = ids.flatMap((id) => (id === undefined ? [] : [{ id, quota }]));
    const found = valid.length > 0 ? await queryBatcher.submitAll(valid) : [];
    let next = 0;
    const states = ids.map((id): Result<SmsBody> => {
      if (id === undefined) return refused(refuse('invalid_request', { message: 'Each of sms_uids must be a UUID.' }));
      return messageStatus(client, id, found[next++] ?? refused(refuse('internal_error')));
    });
    return batchResponse(states);
  };
}
