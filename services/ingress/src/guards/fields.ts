import { RECEIPT_STATUSES, type ReceiptStatus } from '@ardor/domain/message/outcome';
import { isUuid } from '@ardor/domain/message/uuid7';
import Joi from 'joi';
import { hasOnly, isText, type BodySchema } from './validate-body.js';

export interface SendFields {
  readonly phone_number: string;
  readonly templet_id: string;
  readonly contents: unknown;
}

export interface SendBatchFields {
  /** 1..1000; each is checked by itself. */
  readonly messages: readonly unknown[];
}

export interface QueryFields {
  readonly sms_uid: string;
}

export interface QueryBatchFields {
  /** 1..1000; each is checked by itself. */
  readonly sms_uids: readonly unknown[];
}

export interface ReceiptFields {
  readonly id: unknown;
  readonly reference: string;
  readonly status: ReceiptStatus;
  readonly code?: unknown;
}

/** Messages, or ids to ask about, in one request. */
export const MAX_BATCH = 1_000;
const MAX_PHONE_LENGTH = 32;
const MAX_TEMPLATE_ID_LENGTH = 64;

/** Checked by the credentials guard; here only so that they are not unknown. */
const credentials = { client_id: Joi.string(), passcode: Joi.string() };

const message = {
  phone_number: Joi.string().max(MAX_PHONE_LENGTH).required(),
  templet_id: Joi.string().max(MAX_TEMPLATE_ID_LENGTH).required(),
  // The API text calls it a String and shows an array; its forms are read against the template.
  contents: Joi.alternatives(Joi.object(), Joi.array(), Joi.string()).required(),
};

const plainMessage = {
  phone_number: isText(MAX_PHONE_LENGTH),
  templet_id: isText(MAX_TEMPLATE_ID_LENGTH),
  contents: (value: unknown) => typeof value === 'object' && value !== null,
};
const plainCredentials = { client_id: isText(Infinity), passcode: isText(Infinity) };

export const SEND: BodySchema<SendFields> = {
  schema: Joi.object<SendFields>({ ...credentials, ...message }).prefs({ convert: false }),
  isPlain: hasOnly(plainMessage, plainCredentials),
};

/** One message of a batch. */
export const MESSAGE: BodySchema<SendFields> = {
  schema: Joi.object<SendFields>(message).prefs({ convert: false }),
  isPlain: hasOnly(plainMessage),
};

export const SEND_BATCH: BodySchema<SendBatchFields> = {
  schema: Joi.object<SendBatchFields>({
    ...credentials,
    messages: Joi.array().min(1).max(MAX_BATCH).required(),
  }).prefs({ convert: false }),
};

// Joi's own guid() takes brackets and other separators, which the database does not.
const uuid = Joi.string()
  .custom((text: string, helpers) => (isUuid(text) ? text : helpers.error('string.guid')))
  .messages({ 'string.guid': 'sms_uid must be a UUID' });

export const QUERY: BodySchema<QueryFields> = {
  schema: Joi.object<QueryFields>({ ...credentials, sms_uid: uuid.required() }).prefs({ convert: false }),
  isPlain: hasOnly({ sms_uid: (value) => typeof value === 'string' && isUuid(value) }, plainCredentials),
};

export const QUERY_BATCH: BodySchema<QueryBatchFields> = {
  schema: Joi.object<QueryBatchFields>({
    ...credentials,
    sms_uids: Joi.array().min(1).max(MAX_BATCH).required(),
  }).prefs({ convert: false }),
};

/** A field that a later carrier adds is no reason to refuse its receipt. */
export const RECEIPT: BodySchema<ReceiptFields> = {
  schema: Joi.object<ReceiptFields>({
    id: Joi.alternatives(Joi.string(), Joi.number()).required(),
    reference: Joi.string().required(),
    status: Joi.string()
      .valid(...RECEIPT_STATUSES)
      .required(),
    code: Joi.alternatives(Joi.string().allow(''), Joi.number()).allow(null),
  })
    .unknown(true)
    .prefs({ convert: false }),
  isPlain: ({ id, reference, status, code }) =>
    typeof id === 'string' &&
    id !== '' &&
    typeof reference === 'string' &&
    reference !== '' &&
    (RECEIPT_STATUSES as readonly unknown[]).includes(status) &&
    (code === undefined || code === null || typeof code === 'string'),
};
