import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import { macsEqual, type Keyring } from '@ardor/crypto/keyring';
import type { ReceiptStatus } from '@ardor/domain/message/outcome';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { isUuid } from '@ardor/domain/message/uuid7';
import type { Receipt, ReceiptResult } from '@ardor/store/receipts/apply-receipts';
import { refusalResponse, type ApiResponse } from '../http/response.js';
import type { ApiRequest } from '../http/request.js';

export interface ReceiptFields {
  readonly id: unknown;
  readonly reference: string;
  readonly status: ReceiptStatus;
  readonly code?: unknown;
}

export interface ReceiveReceiptDeps {
  readonly keyring: Pick<Keyring, 'receiptToken'>;
  /** Reads and checks the body. */
  readonly readFields: (request: ApiRequest) => Result<ReceiptFields>;
  /** Stores the receipt, also one whose message is unknown; resolves after the commit. */
  readonly apply: (receipt: Receipt) => Promise<ReceiptResult>;
}

/**
 * POST /receipts/simulator/:id/:token. 2xx once it is stored; until then the carrier repeats it. The token is good
 * for this one message.
 */
export function createReceiveReceipt(deps: ReceiveReceiptDeps): (request: ApiRequest) => Promise<ApiResponse> {
  const run = async (request: ApiRequest): Promise<Result<ApiResponse>> => {
    const receipt = readReceipt(deps, request);
    if (!receipt.ok) return receipt;
    const result = await deps.apply(receipt.value);
    return ok({ status: 200, body: { result: result === 'unknown' ? 'parked' : result }, reason: 'ok' });
  };
  return async (request) => {
    const result = await run(request);
    return result.ok ? result.value : refusalResponse(result.refusal, request.id);
  };
}

function readReceipt({ keyring, readFields }: ReceiveReceiptDeps, request: ApiRequest): Result<Receipt> {
  const { id = '', token = '' } = request.params;
  // Only as it was given out: in lower case, as everywhere.
  if (!isUuid(id) || id !== id.toLowerCase() || !macsEqual(Buffer.from(token), Buffer.from(keyring.receiptToken(id)))) {
    return refused(refuse('invalid_receipt_token'));
  }
  const fields = readFields(request);
  if (!fields.ok) return fields;
  if (fields.value.reference !== id)
    return refused(refuse('invalid_request', 'reference is not the message of this URL.'));
  return ok({
    id,
    status: fields.value.status,
    carrierId: sanitizeCarrierText(fields.value.id) ?? '',
    carrierCode: sanitizeCarrierText(fields.value.code) ?? null,
  });
}
