import { RECEIPT_STATUSES, type ReceiptStatus } from '@ardor/domain/message/outcome';
import Joi from 'joi';

/** A receipt in the development carrier's words. */
export interface ReceiptRequest {
  readonly id: string | number;
  /** The message's sms_uid. */
  readonly reference: string;
  readonly status: ReceiptStatus;
  readonly code?: string | number | null;
}

/** JSON.parse has changed a larger number already: it would be an id that no carrier gave. */
const exactNumber = Joi.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

/** Unknown fields are allowed: a carrier that adds one must not have its receipts refused. */
export const receiptSchema = Joi.object<ReceiptRequest>({
  id: Joi.alternatives(Joi.string(), exactNumber).required(),
  reference: Joi.string().required(),
  status: Joi.string()
    .valid(...RECEIPT_STATUSES)
    .required(),
  code: Joi.alternatives(Joi.string().allow(''), exactNumber).allow(null),
})
  .unknown(true)
  .prefs({ convert: false });

/** Body of a 200 response: the receipt is stored. */
export const receiptStoredSchema = Joi.object({
  result: Joi.string().valid('applied', 'already_final', 'parked').required(),
});
