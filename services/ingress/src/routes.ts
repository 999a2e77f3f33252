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
  /** Of every body whose sender is not known before it is read. */
  readonly maxAnonymousBodyBytes: number;
  /** Of one message, one query, one receipt. */
  readonly maxJsonValues: number;
  readonly maxBatchJsonValues: number;
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

type Path = keyof typeof SCHEMAS;

/** Of one body. */
interface Limits {
  readonly maxBodyBytes: number;
  readonly maxJsonValues: number;
}

/** Builds the handler of each path: guards, then the stage's own function. */
export function createRoutes(deps: RoutesDeps): Route[] {
  const { authenticate, maxAnonymousBodyBytes } = deps;
  const single: Limits = { maxBodyBytes: deps.maxBodyBytes, maxJsonValues: deps.maxJsonValues };
  const batch: Limits = { maxBodyBytes: deps.maxBatchBodyBytes, maxJsonValues: deps.maxBatchJsonValues };
  // Receipts need no limiter: receipts that are stored while it hangs must not keep a send waiting.
  const [sends, queries, receipts] = [deps.newDeadline(), deps.newDeadline(), deps.newDeadline()];
  const guarded = <T>(
    path: Path,
    { maxBodyBytes, maxJsonValues }: Limits,
    deadline: ResponseDeadline,
    schema: Joi.ObjectSchema<T>,
    handle: ClientHandler<T>,
  ): Route => ({
    ...{ path, maxBodyBytes, maxAnonymousBodyBytes, deadline },
    ...withGuards({ authenticate, schema, maxJsonValues }, handle),
  });
  return [
    guarded('/api/sms/v1/sendsms', single, sends, sendSchema, createSendSms(deps)),
    guarded('/api/sms/v1/sendsms/batch', batch, sends, sendBatchSchema, createSendSmsBatch(deps)),
    guarded('/api/sms/v1/querysms', single, queries, querySchema, createQuerySms(deps)),
    guarded('/api/sms/v1/querysms/batch', batch, queries, queryBatchSchema, createQuerySmsBatch(deps)),
    {
      ...{
        path: '/receipts/simulator/:id/:token' satisfies Path,
        deadline: receipts,
        handle: createReceiveReceipt(deps),
      },
      ...{ maxBodyBytes: single.maxBodyBytes, maxAnonymousBodyBytes },
    },
  ];
}
