import { refuse } from '@ardor/domain/reasons';
import { ok, refused, type Result } from '@ardor/domain/result';
import { isUuid } from '@ardor/domain/uuid7';
import Joi from 'joi';

export interface SendFields {
  readonly phone_number: string;
  readonly templet_id: string;
  readonly contents: unknown;
}

export interface QueryFields {
  readonly sms_uid: string;
}

/** Checked by the credentials guard; here only so that they are not unknown. */
const credentials = { client_id: Joi.string(), passcode: Joi.string() };

const MAX_PHONE_LENGTH = 32;
const MAX_TEMPLATE_ID_LENGTH = 64;

export const SEND_SCHEMA = Joi.object<SendFields>({
  ...credentials,
  phone_number: Joi.string().max(MAX_PHONE_LENGTH).required(),
  templet_id: Joi.string().max(MAX_TEMPLATE_ID_LENGTH).required(),
  // The API text calls it a String and shows an array; its forms are read against the template.
  contents: Joi.alternatives(Joi.object(), Joi.array(), Joi.string()).required(),
}).prefs({ convert: false });

export const QUERY_SCHEMA = Joi.object<QueryFields>({
  ...credentials,
  // Joi's own guid() takes brackets and other separators, which the database does not.
  sms_uid: Joi.string()
    .custom((text: string, helpers) => (isUuid(text) ? text : helpers.error('string.guid')))
    .required()
    .messages({ 'string.guid': 'sms_uid must be a UUID' }),
}).prefs({ convert: false });

/** All that is wrong with a body's fields, in one refusal. Joi's messages name fields, not values. */
export function checkFields<T>(schema: Joi.ObjectSchema<T>, body: Readonly<Record<string, unknown>>): Result<T> {
  const result = schema.validate(body, { abortEarly: false, errors: { wrap: { label: false } } });
  if (result.error)
    return refused(refuse('invalid_request', `${result.error.details.map(({ message }) => message).join('; ')}.`));
  return ok(result.value);
}
