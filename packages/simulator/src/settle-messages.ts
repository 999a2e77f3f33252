import type { Inbox } from './inbox.js';
import type { Ledger } from './ledger.js';
import { CODES, type Receipt } from './protocol.js';
import type { ReceiptSender } from './receipt-sender.js';
import type { Script } from './scripted-numbers.js';

/** A message that was taken and has not ended yet. It holds no text. */
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
  readonly receipts: Pick<ReceiptSender, 'send' | 'sendAhead'>;
}

/** The message ends now, and its receipt goes out as its script has it. */
export function settleMessage(deps: SettleDeps, message: TakenMessage): void {
  const receipt = end(deps, message);
  if (message.callbackUrl === undefined) return;
  deps.receipts.send(message.callbackUrl, receipt);
  if (message.script.receipt === 'twice') deps.receipts.send(message.callbackUrl, receipt);
}

/** The same before the call is answered: resolves when the first try at the receipt is over. */
export async function settleAhead(deps: SettleDeps, message: TakenMessage): Promise<void> {
  const receipt = end(deps, message);
  if (message.callbackUrl !== undefined) await deps.receipts.sendAhead(message.callbackUrl, receipt);
}

function end(deps: SettleDeps, { id, reference, script, place }: TakenMessage): Receipt {
  const status = script.ends;
  const code = CODES[status];
  deps.ledger.settle(reference, status, code);
  deps.inbox.settle(place, status);
  return { id, reference, status, code, at: new Date().toISOString() };
}
