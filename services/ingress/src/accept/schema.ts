import Joi from 'joi';
import { credentialFields } from '../http/request-schema.js';
import { batchResponseSchema } from '../http/response-schema.js';

export interface SendRequest {
  readonly phone_number: string;
  readonly templet_id: string;
  /** An object, an array of objects, or a JSON string of either; read against the template. */
  readonly contents: unknown;
}

export interface SendBatchRequest {
  /** 1..1000; each is checked by itself, so that a bad one does not affect the others. */
  readonly messages: readonly unknown[];
}

/** Messages in one request. */
export const MAX_BATCH_MESSAGES = 1_000;
const MAX_PHONE_LENGTH = 32;
const MAX_TEMPLATE_ID_LENGTH = 64;

const messageFields = {
  phone_number: Joi.string().max(MAX_PHONE_LENGTH).required(),
  templet_id: Joi.string().max(MAX_TEMPLATE_ID_LENGTH).required(),
  contents: Joi.alternatives(Joi.object(), Joi.array(), Joi.string()).required(),
};

export const sendSchema = Joi.object<SendRequest>({ ...credentialFields, ...messageFields }).prefs({ convert: false });

/** One message of a batch. */
export const messageSchema = Joi.object<SendRequest>(messageFields).prefs({ convert: false });

export const sendBatchSchema = Joi.object<SendBatchRequest>({
  ...credentialFields,
  messages: Joi.array().min(1).max(MAX_BATCH_MESSAGES).required(),
}).prefs({ convert: false });

/** Body of a 200 response of sendsms. */
export const acceptedSchema = Joi.object({
  sms_uid: Joi.string().uuid().required(),
  status: Joi.string().valid('queuing').required(),
  error_code: Joi.string().valid('0').required(),
});

/** Body of a 200 response of sendsms/batch. */
export const acceptedBatchSchema = batchResponseSchema(acceptedSchema);
