import Joi from 'joi';

/** Fields of every request with credentials in its body. The guards check them; here they only become known fields. */
export const credentialFields = { client_id: Joi.string(), passcode: Joi.string() };
