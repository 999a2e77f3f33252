import Joi from 'joi';

export interface SendBody {
  readonly client_id: string;
  readonly passcode: string;
  readonly phone_number: string;
  readonly templet_id: string;
  readonly contents: readonly Readonly<Record<string, string>>[];
}

/** The body of sendsms, as anybody would write it down. */
export const SEND_BODY = Joi.object<SendBody>({
  client_id: Joi.string().required(),
  passcode: Joi.string().required(),
  phone_number: Joi.string().max(32).required(),
  templet_id: Joi.string().max(64).required(),
  contents: Joi.array().items(Joi.object()).required(),
});
