import Joi from 'joi';
import { credentialFields } from '../http/request-schema.js';
import { batchResponseSchema } from '../http/response-schema.js';

export interface QueryRequest {
  readonly sms_uid: string;
}

export interface QueryBatchRequest {
  /** 1..1000; each is checked by itself. */
  readonly sms_uids: readonly unknown[];
}

/** Ids in one request. */
export const MAX_BATCH_QUERIES = 1_000;

/** RFC 9562 §4. Joi's own guid() takes brackets and other separators, which the database does not. */
const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const uuid = Joi.string().pattern(UUID).messages({ 'string.pattern.base': '{{#label}} must be a UUID' });

export const querySchema = Joi.object<QueryRequest>({ ...credentialFields, sms_uid: uuid.required() }).prefs({
  convert: false,
});

export const queryBatchSchema = Joi.object<QueryBatchRequest>({
  ...credentialFields,
  sms_uids: Joi.array().min(1).max(MAX_BATCH_QUERIES).required(),
}).prefs({ convert: false });

/** Body of a 200 response of querysms: `error_code` is "0", or the failure's reason where `status` is `error`. */
export const statusSchema = Joi.object({
  sms_uid: uuid.required(),
  status: Joi.string().valid('queuing', 'sent', 'delivered', 'error').required(),
  error_code: Joi.string()
    .pattern(/^(0|[a-z_]+)$/)
    .required(),
});

/** Body of a 200 response of querysms/batch. */
export const statusBatchSchema = batchResponseSchema(statusSchema);
