import { refuse } from '@ardor/domain/errors/reasons';
import { refused, type Result } from '@ardor/domain/errors/result';
import { isUuid } from '@ardor/domain/message/uuid7';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { batchResponse } from '../http/batch-response.js';
import type { ApiResponse, SmsBody } from '../http/response.js';
import type { LookupResult } from './look-up-messages.js';
import { stateOf } from './query-sms.js';

/** POST /api/sms/v1/querysms/batch, behind the guards: one result for each id, in order. Each id counts as a query. */
export function createQuerySmsBatch(
  findAll: (ids: readonly string[]) => Promise<readonly LookupResult[]>,
): (client: ClientRecord, request: { readonly sms_uids: readonly unknown[] }) => Promise<Result<ApiResponse>> {
  return async (client, { sms_uids }) => {
    const ids = sms_uids.map((uid) => (typeof uid === 'string' && isUuid(uid) ? uid.toLowerCase() : undefined));
    const wanted = ids.filter((id) => id !== undefined);
    const found = wanted.length > 0 ? await findAll(wanted) : [];
    let next = 0;
    const states = ids.map((id): Result<SmsBody> => {
      if (id === undefined) return refused(refuse('invalid_request', 'Each of sms_uids must be a UUID.'));
      return stateOf(client, id, found[next++] ?? refused(refuse('internal_error')));
    });
    return batchResponse(states);
  };
}
