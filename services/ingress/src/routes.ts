import type { Accepted } from './accept/accept-batch.js';
import type { Draft } from './accept/prepare-message.js';
import { createSendSms, type SendSmsDeps } from './accept/send-sms.js';
import { createSendSmsBatch } from './accept/send-sms-batch.js';
import type { Authenticate } from './guards/authenticate.js';
import { checkFields } from './guards/validate-body.js';
import { MESSAGE, QUERY, QUERY_BATCH, RECEIPT, SEND, SEND_BATCH } from './guards/fields.js';
import { guarded } from './guards/with-guards.js';
import { readJson } from './guards/parse-json.js';
import type { Patience } from './http/response-deadline.js';
import type { ApiRequest } from './http/request.js';
import type { Route } from './http/route.js';
import type { Found } from './query/look-up-messages.js';
import { createQuerySms } from './query/query-sms.js';
import { createQuerySmsBatch } from './query/query-sms-batch.js';
import { createTakeReceipt, type TakeReceiptDeps } from './receipts/receive-receipt.js';

export interface AppDeps extends SendSmsDeps, Pick<TakeReceiptDeps, 'keyring' | 'apply'> {
  readonly authenticate: Authenticate;
  readonly acceptAll: (drafts: readonly Draft[]) => Promise<readonly Accepted[]>;
  readonly find: (id: string) => Promise<Found>;
  readonly findAll: (ids: readonly string[]) => Promise<readonly Found[]>;
  /** Of one message, one query, one receipt. */
  readonly maxBodyBytes: number;
  readonly maxBatchBodyBytes: number;
  readonly newPatience: () => Patience;
}

const API = '/api/sms/v1';

/** The route table. */
export function createRoutes(deps: AppDeps): Route[] {
  const { authenticate, maxBodyBytes, maxBatchBodyBytes } = deps;
  // Receipts need no limiter: those that are stored while it hangs must not keep a send waiting.
  const [sending, querying, receiving] = [deps.newPatience(), deps.newPatience(), deps.newPatience()];
  const readMessage = (message: Readonly<Record<string, unknown>>) => checkFields(MESSAGE, message);
  return [
    {
      path: `${API}/sendsms`,
      maxBodyBytes,
      patience: sending,
      handle: guarded(authenticate, SEND, createSendSms(deps)),
    },
    {
      path: `${API}/sendsms/batch`,
      maxBodyBytes: maxBatchBodyBytes,
      patience: sending,
      handle: guarded(authenticate, SEND_BATCH, createSendSmsBatch({ ...deps, readMessage })),
    },
    {
      path: `${API}/querysms`,
      maxBodyBytes,
      patience: querying,
      handle: guarded(authenticate, QUERY, createQuerySms(deps.find)),
    },
    {
      path: `${API}/querysms/batch`,
      maxBodyBytes: maxBatchBodyBytes,
      patience: querying,
      handle: guarded(authenticate, QUERY_BATCH, createQuerySmsBatch(deps.findAll)),
    },
    {
      path: '/receipts/simulator/:id/:token',
      maxBodyBytes,
      patience: receiving,
      handle: createTakeReceipt({ ...deps, readFields: readReceipt }),
    },
  ];
}

function readReceipt({ contentType, body }: ApiRequest) {
  const read = readJson(contentType, body);
  return read.ok ? checkFields(RECEIPT, read.value) : read;
}
