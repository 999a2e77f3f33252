import Joi from 'joi';

/** Why a request, or one item of a batch, was refused. */
const refusedFields = {
  sms_uid: Joi.string().valid('').required(),
  status: Joi.string().valid('error').required(),
  error_code: Joi.string()
    .pattern(/^[45][0-9]{2}$/)
    .required(),
  reason: Joi.string()
    .pattern(/^[a-z_]+$/)
    .required(),
  message: Joi.string().required(),
};

/** Every response that is not 200. */
export const refusalSchema = Joi.object({ ...refusedFields, request_id: Joi.string().required() });

/** An item that was refused; what is a header of a single response is a field here. */
const refusedItemSchema = Joi.object({ ...refusedFields, retry_after: Joi.string().pattern(/^[0-9]+$/) });

/** Body of a 200 response of a batch: one result for each item, in order. */
export const batchResponseSchema = (item: Joi.ObjectSchema): Joi.ObjectSchema =>
  Joi.object({ results: Joi.array().items(item, refusedItemSchema).min(1).required() });
