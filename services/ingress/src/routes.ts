import type Joi from 'joi';
import { acceptedBatchSchema, acceptedSchema, sendBatchSchema, sendSchema } from './accept/schema.js';
import { createSendSms, type SendSmsDeps } from './accept/send-sms.js';
import { createSendSmsBatch } from './accept/send-sms-batch.js';
import type { Authenticate } from './guards/authenticate.js';
import { withGuards } from './guards/with-guards.js';
import type { ClientHandler } from './http/client-handler.js';
import type { ResponseDeadline } from './http/response-deadline.js';
import type { Route } from './http/route.js';
import { createQuerySms, type QuerySmsDeps } from './query/query-sms.js';
import { createQuerySmsBatch } from './query/query-sms-batch.js';
import { queryBatchSchema, querySchema, statusBatchSchema, statusSchema } from './query/schema.js';
import { createReceiveReceipt, type ReceiveReceiptDeps } from './receipts/receive-receipt.js';
import { receiptSchema, receiptStoredSchema } from './receipts/schema.js';

export interface RoutesDeps extends SendSmsDeps, QuerySmsDeps, ReceiveReceiptDeps {
  readonly authenticate: Authenticate;
  /** Of one message, one query, one receipt. */
  readonly maxBodyBytes: number;
  readonly maxBatchBodyBytes: number;
  readonly newDeadline: () => ResponseDeadline;
}

/** The API's paths, each with the schemas of its request and of its 200. */
export const SCHEMAS = {
  '/api/sms/v1/sendsms': { request: sendSchema, response: acceptedSchema },
  '/api/sms/v1/sendsms/batch': { request: sendBatchSchema, response: acceptedBatchSchema },
  '/api/sms/v1/querysms': { request: querySchema, response: statusSchema },
  '/api/sms/v1/querysms/batch': { request: queryBatchSchema, response: statusBatchSchema },
  '/receipts/simulator/:id/:token': { request: receiptSchema, response: receiptStoredSchema },
} as const;

/** Builds the handler of each path: guards, then the stage's own function. */
export function createRoutes(deps: RoutesDeps): Route[] {
  const { maxBodyBytes: single, maxBatchBodyBytes: batch } = deps;
  // Receipts need no limiter: receipts that are stored while it hangs must not keep a send waiting.
  const [sendDeadline, queryDeadline, receiptDeadline] = [deps.newDeadline(), deps.newDeadline(), deps.newDeadline()];
  const guarded = <T>(schema: Joi.ObjectSchema<T>, handle: ClientHandler<T>) =>
    withGuards(deps.authenticate, schema, handle);
  const route = (
    path: keyof typeof SCHEMAS,
    maxBodyBytes: number,
    deadline: ResponseDeadline,
    handle: Route['handle'],
  ) => ({
    path,
    maxBodyBytes,
    deadline,
    handle,
  });
  return [
    route('/api/sms/v1/sendsms', single, sendDeadline, guarded(sendSchema, createSendSms(deps))),
    route('/api/sms/v1/sendsms/batch', batch, sendDeadline, guarded(sendBatchSchema, createSendSmsBatch(deps))),
    route('/api/sms/v1/querysms', single, queryDeadline, guarded(querySchema, createQuerySms(deps))),
    route('/api/sms/v1/querysms/batch', batch, queryDeadline, guarded(queryBatchSchema, createQuerySmsBatch(deps))),
    route('/receipts/simulator/:id/:token', single, receiptDeadline, createReceiveReceipt(deps)),
  ];
}
