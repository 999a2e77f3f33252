import { sanitizeCarrierText } from '@ardor/domain/text/sanitize-carrier-text';
import { RECEIPT_STATUSES, type ReceiptStatus } from '@ardor/domain/message/outcome';
import type { CarrierLookup } from '../gateway.js';
import { parseObject } from './parse-object.js';

/**
 * Reads the answer to GET /messages/<reference>: 200 with its state, 404 for a message it has never seen. The protocol
 * names no list of states: one that it gives an id for has been taken, whatever else its word for it says.
 */
export function readLookup(status: number, body: string): CarrierLookup {
  if (status === 404) return { kind: 'not_taken' };
  if (status !== 200) return { kind: 'no_answer' };
  const { id, state, code } = parseObject(body);
  if (typeof state !== 'string') return { kind: 'no_answer' };
  if (state === 'throttled') return { kind: 'not_taken' };
  const carrierId = sanitizeCarrierText(id);
  if (carrierId !== undefined) {
    return isReceipt(state) ? { kind: 'taken', carrierId, receipt: state } : { kind: 'taken', carrierId };
  }
  if (state === 'rejected') return { kind: 'rejected', carrierCode: sanitizeCarrierText(code) ?? '' };
  return { kind: 'no_answer' };
}

const isReceipt = (state: string): state is ReceiptStatus => (RECEIPT_STATUSES as readonly string[]).includes(state);
