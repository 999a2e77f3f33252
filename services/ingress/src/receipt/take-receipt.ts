import { carrierText } from '@ardor/domain/carrier-text';
import { sameMac, type Keyring } from '@ardor/domain/keyring';
import { RECEIPT_STATUSES, type ReceiptStatus } from '@ardor/domain/outcome';
import { refuse } from '@ardor/domain/reasons';
import { ok, refused, type Result } from '@ardor/domain/result';
import { isUuid } from '@ardor/domain/uuid7';
import type { Receipt, ReceiptResult } from '@ardor/store/apply-receipts';
import Joi from 'joi';
import { refusalReply, type Reply } from '../http/reply.js';
import type { ApiRequest } from '../http/request.js';

interface ReceiptFields {
  readonly id: unknown;
  readonly reference: string;
  readonly status: ReceiptStatus;
  readonly code?: unknown;
}

/** A field that a later carrier adds is no reason to refuse its receipt. */
export const RECEIPT_SCHEMA = Joi.object<ReceiptFields>({
  id: Joi.alternatives(Joi.string(), Joi.number()).required(),
  reference: Joi.string().required(),
  status: Joi.string()
    .valid(...RECEIPT_STATUSES)
    .required(),
  code: Joi.alternatives(Joi.string().allow(''), Joi.number()).allow(null),
})
  .unknown(true)
  .prefs({ convert: false });

export interface TakeReceiptDeps {
  readonly keyring: Pick<Keyring, 'receiptToken'>;
  readonly readJson: (contentType: string | undefined, body: Uint8Array) => Result<Readonly<Record<string, unknown>>>;
  readonly checkFields: <T>(schema: Joi.ObjectSchema<T>, body: Readonly<Record<string, unknown>>) => Result<T>;
  /** Stores the receipt, also one whose message is unknown; resolves after the commit. */
  readonly apply: (receipt: Receipt) => Promise<ReceiptResult>;
}

/**
 * POST /receipts/simulator/:id/:token. 2xx once it is stored; until then the carrier repeats it. The token is good
 * for this one message.
 */
export function createTakeReceipt(deps: TakeReceiptDeps): (request: ApiRequest) => Promise<Reply> {
  const run = async (request: ApiRequest): Promise<Result<Reply>> => {
    const receipt = readReceipt(deps, request);
    if (!receipt.ok) return receipt;
    const result = await deps.apply(receipt.value);
    return ok({ status: 200, body: { result: result === 'unknown' ? 'parked' : result }, reason: 'ok' });
  };
  return async (request) => {
    const result = await run(request);
    return result.ok ? result.value : refusalReply(result.refusal, request.id);
  };
}

function readReceipt({ keyring, readJson, checkFields }: TakeReceiptDeps, request: ApiRequest): Result<Receipt> {
  const { id = '', token = '' } = request.params;
  if (!isUuid(id) || !sameMac(Buffer.from(token), Buffer.from(keyring.receiptToken(id)))) {
    return refused(refuse('invalid_receipt_token'));
  }
  const body = readJson(request.contentType, request.body);
  if (!body.ok) return body;
  const fields = checkFields(RECEIPT_SCHEMA, body.value);
  if (!fields.ok) return fields;
  if (fields.value.reference !== id)
    return refused(refuse('invalid_request', 'reference is not the message of this URL.'));
  return ok({
    id,
    status: fields.value.status,
    carrierId: carrierText(fields.value.id) ?? '',
    carrierCode: carrierText(fields.value.code) ?? null,
  });
}
