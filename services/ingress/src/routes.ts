import type { AcceptResult } from './accept/accept-batch.js';
import type { PreparedMessage } from './accept/prepare-message.js';
import { createSendSms, type SendSmsDeps } from './accept/send-sms.js';
import { createSendSmsBatch } from './accept/send-sms-batch.js';
import type { Authenticate } from './guards/authenticate.js';
import { validateBody } from './guards/validate-body.js';
import { MESSAGE, QUERY, QUERY_BATCH, RECEIPT, SEND, SEND_BATCH } from './guards/fields.js';
import { withGuards } from './guards/with-guards.js';
import { parseJson } from './guards/parse-json.js';
import type { ResponseDeadline } from './http/response-deadline.js';
import type { ApiRequest } from './http/request.js';
import type { Route } from './http/route.js';
import type { LookupResult } from './query/look-up-messages.js';
import { createQuerySms } from './query/query-sms.js';
import { createQuerySmsBatch } from './query/query-sms-batch.js';
import { createReceiveReceipt, type ReceiveReceiptDeps } from './receipts/receive-receipt.js';

export interface AppDeps extends SendSmsDeps, Pick<ReceiveReceiptDeps, 'keyring' | 'apply'> {
  readonly authenticate: Authenticate;
  readonly acceptAll: (drafts: readonly PreparedMessage[]) => Promise<readonly AcceptResult[]>;
  readonly find: (id: string) => Promise<LookupResult>;
  readonly findAll: (ids: readonly string[]) => Promise<readonly LookupResult[]>;
  /** Of one message, one query, one receipt. */
  readonly maxBodyBytes: number;
  readonly maxBatchBodyBytes: number;
  readonly newPatience: () => ResponseDeadline;
}

const API = '/api/sms/v1';

/** The route table. */
export function createRoutes(deps: AppDeps): Route[] {
  const { authenticate, maxBodyBytes, maxBatchBodyBytes } = deps;
  // Receipts need no limiter: those that are stored while it hangs must not keep a send waiting.
  const [sending, querying, receiving] = [deps.newPatience(), deps.newPatience(), deps.newPatience()];
  const readMessage = (message: Readonly<Record<string, unknown>>) => validateBody(MESSAGE, message);
  return [
    {
      path: `${API}/sendsms`,
      maxBodyBytes,
      patience: sending,
      handle: withGuards(authenticate, SEND, createSendSms(deps)),
    },
    {
      path: `${API}/sendsms/batch`,
      maxBodyBytes: maxBatchBodyBytes,
      patience: sending,
      handle: withGuards(authenticate, SEND_BATCH, createSendSmsBatch({ ...deps, readMessage })),
    },
    {
      path: `${API}/querysms`,
      maxBodyBytes,
      patience: querying,
      handle: withGuards(authenticate, QUERY, createQuerySms(deps.find)),
    },
    {
      path: `${API}/querysms/batch`,
      maxBodyBytes: maxBatchBodyBytes,
      patience: querying,
      handle: withGuards(authenticate, QUERY_BATCH, createQuerySmsBatch(deps.findAll)),
    },
    {
      path: '/receipts/simulator/:id/:token',
      maxBodyBytes,
      patience: receiving,
      handle: createReceiveReceipt({ ...deps, readFields: readReceipt }),
    },
  ];
}

function readReceipt({ contentType, body }: ApiRequest) {
  const read = parseJson(contentType, body);
  return read.ok ? validateBody(RECEIPT, read.value) : read;
}
