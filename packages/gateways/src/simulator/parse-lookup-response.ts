import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import { RECEIPT_STATUSES, type ReceiptStatus } from '@ardor/domain/message/outcome';
import type { CarrierLookup } from '../gateway.js';
import { parseObject } from './parse-object.js';

/**
 * Parses the response to GET /messages/<reference>: 200 with the message's state, 404 for a message it has never seen.
 * The protocol does not list the states. A message that has an id was received, whatever its state is called.
 */
export function parseLookupResponse(status: number, body: string): CarrierLookup {
  if (status === 404) return { kind: 'not_received' };
  if (status !== 200) return { kind: 'no_response' };
  const { id, state, code } = parseObject(body);
  if (typeof state !== 'string') return { kind: 'no_response' };
  if (state === 'throttled') return { kind: 'not_received' };
  const carrierId = sanitizeCarrierText(id);
  if (carrierId !== undefined) {
    return isReceipt(state) ? { kind: 'received', carrierId, receipt: state } : { kind: 'received', carrierId };
  }
  if (state === 'rejected') return { kind: 'rejected', carrierCode: sanitizeCarrierText(code) ?? '' };
  return { kind: 'no_response' };
}

const isReceipt = (state: string): state is ReceiptStatus => (RECEIPT_STATUSES as readonly string[]).includes(state);
