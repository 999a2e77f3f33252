import { macsEqual, type Keyring } from '@ardor/crypto/keyring';
import { refuse } from '@ardor/domain/errors/reasons';
import { ok, refused, type Result } from '@ardor/domain/errors/result';
import { isUuid } from '@ardor/domain/message/uuid7';
import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import type { Batcher } from '@ardor/runtime/concurrency/batcher';
import type { Receipt, ReceiptResult } from '@ardor/store/receipts/apply-receipts';
import { parseJson } from '../http/parse-json.js';
import { compileBody } from '../http/validate-body.js';
import type { ApiRequest } from '../http/request.js';
import { okResponse, refusalResponse, type ApiResponse } from '../http/response.js';
import { receiptSchema } from './schema.js';

export interface ReceiveReceiptDeps {
  readonly keyring: Pick<Keyring, 'receiptToken'>;
  /** Gathers receipts and stores them, parked where their message is unknown; resolves after the commit. */
  readonly receiptBatcher: Batcher<Receipt, ReceiptResult>;
  /** A body with more values is refused: see scanJson. */
  readonly maxJsonValues: number;
}

const validateReceipt = compileBody(receiptSchema);

/** POST /receipts/simulator/:id/:token. 2xx once it is stored; until then the carrier repeats it. A token fits one message only. */
export function createReceiveReceipt(deps: ReceiveReceiptDeps): (request: ApiRequest) => Promise<ApiResponse> {
  const run = async (request: ApiRequest): Promise<Result<ApiResponse>> => {
    const id = verifyToken(deps.keyring, request.params);
    if (!id.ok) return id;
    request.logged.sms_uid = id.value;
    const receipt = parseReceipt(id.value, request, deps.maxJsonValues);
    if (!receipt.ok) return receipt;
    const result = await deps.receiptBatcher.submit(receipt.value);
    return ok(okResponse({ result: result === 'no_such_message' ? 'parked' : result }));
  };
  return async (request) => {
    const result = await run(request);
    return result.ok ? result.value : refusalResponse(result.refusal, request.id);
  };
}

/** The message's id, where the URL's token was given out for it. */
function verifyToken(
  keyring: Pick<Keyring, 'receiptToken'>,
  { id = '', token = '' }: ApiRequest['params'],
): Result<string> {
  // Ids are lower case in every URL that we give out.
  const isOurs = isUuid(id) && id === id.toLowerCase();
  if (!isOurs || !macsEqual(Buffer.from(token), Buffer.from(keyring.receiptToken(id))))
    return refused(refuse('invalid_receipt_token'));
  return ok(id);
}

function parseReceipt(id: string, { contentType, body }: ApiRequest, maxJsonValues: number): Result<Receipt> {
  const parsed = parseJson(contentType, body, maxJsonValues);
  if (!parsed.ok) return parsed;
  const receipt = validateReceipt(parsed.value);
  if (!receipt.ok) return receipt;
  const { reference, status, id: carrierId, code } = receipt.value;
  if (reference !== id)
    return refused(refuse('invalid_request', { message: 'reference is not the message of this URL.' }));
  return ok({
    id,
    status,
    carrierId: sanitizeCarrierText(carrierId) ?? '',
    carrierCode: sanitizeCarrierText(code) ?? null,
  });
}
