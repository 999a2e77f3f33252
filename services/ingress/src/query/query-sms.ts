import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { publicStatus } from '@ardor/domain/message/status';
import type { ClientRecord } from '@ardor/store/clients/find-client';
import { okResponse, smsBody, type ApiResponse, type SmsBody } from '../http/response.js';
import type { LookupResult } from './look-up-messages.js';

/** POST /api/sms/v1/querysms, behind the guards. */
export function createQuerySms(
  find: (id: string) => Promise<LookupResult>,
): (client: ClientRecord, request: { readonly sms_uid: string }) => Promise<Result<ApiResponse>> {
  return (client, { sms_uid }) => {
    const id = sms_uid.toLowerCase();
    return find(id).then((found) => {
      const state = stateOf(client, id, found);
      return state.ok ? ok(okResponse(state.value)) : state;
    });
  };
}

/** What a client is told. Another client's message and an unknown one get the same answer. */
export function stateOf(client: ClientRecord, id: string, found: LookupResult): Result<SmsBody> {
  if (!found.ok) return found;
  if (found.value?.clientId !== client.id) return refused(refuse('message_unknown'));
  const { status, reason } = found.value;
  return ok(smsBody(id, publicStatus(status), status === 'error' ? (reason ?? 'internal_error') : '0'));
}
