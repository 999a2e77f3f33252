import { checkFields, QUERY_SCHEMA, SEND_SCHEMA } from './guard/check-fields.js';
import type { Authenticate } from './guard/authenticate.js';
import { guarded } from './guard/guarded.js';
import { readJson } from './guard/read-json.js';
import { createSendSms, type SendSmsDeps } from './accept/send-sms.js';
import type { Found } from './query/query-batch.js';
import { createQuerySms } from './query/query-sms.js';
import { createTakeReceipt, type TakeReceiptDeps } from './receipt/take-receipt.js';
import type { Route } from './http/express-adapter.js';

export interface AppDeps extends SendSmsDeps, Pick<TakeReceiptDeps, 'keyring' | 'apply'> {
  readonly authenticate: Authenticate;
  readonly find: (id: string) => Promise<Found>;
}

/** The route table. */
export function createRoutes({ authenticate, find, keyring, apply, ...sending }: AppDeps): Route[] {
  return [
    {
      method: 'post',
      path: '/api/sms/v1/sendsms',
      handle: guarded(authenticate, SEND_SCHEMA, createSendSms(sending)),
    },
    { method: 'post', path: '/api/sms/v1/querysms', handle: guarded(authenticate, QUERY_SCHEMA, createQuerySms(find)) },
    {
      method: 'post',
      path: '/receipts/simulator/:id/:token',
      handle: createTakeReceipt({ keyring, readJson, checkFields, apply }),
    },
  ];
}
