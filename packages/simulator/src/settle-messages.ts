import type { Inbox } from './inbox.js';
import type { Ledger } from './ledger.js';
import { CODES, type Receipt } from './protocol.js';
import type { ReceiptSender } from './receipt-sender.js';
import type { Script } from './magic-numbers.js';

/** A taken message without a final status. It holds no text. */
export interface TakenMessage {
  readonly id: string;
  readonly reference: string;
  readonly callbackUrl: URL | undefined;
  readonly script: Script;
  readonly place: number;
}

export interface SettleDeps {
  readonly ledger: Pick<Ledger, 'settle'>;
  readonly inbox: Pick<Inbox, 'settle'>;
  readonly receipts: Pick<ReceiptSender, 'send' | 'sendFirst'>;
}

/** Gives the message its final status and sends the receipts that its script asks for. */
export function settleMessage(deps: SettleDeps, message: TakenMessage): void {
  const receipt = recordEnd(deps, message);
  if (message.callbackUrl === undefined) return;
  deps.receipts.send(message.callbackUrl, receipt);
  if (message.script.receipt === 'twice') deps.receipts.send(message.callbackUrl, receipt);
}

/** As `settleMessage`, but before the response. Resolves after the first try to send the receipt. */
export async function settleBeforeResponse(deps: SettleDeps, message: TakenMessage): Promise<void> {
  const receipt = recordEnd(deps, message);
  if (message.callbackUrl !== undefined) await deps.receipts.sendFirst(message.callbackUrl, receipt);
}

function recordEnd(deps: SettleDeps, { id, reference, script, place }: TakenMessage): Receipt {
  const status = script.ends;
  const code = CODES[status];
  deps.ledger.settle(reference, status, code);
  deps.inbox.settle(place, status);
  return { id, reference, status, code, at: new Date().toISOString() };
}
