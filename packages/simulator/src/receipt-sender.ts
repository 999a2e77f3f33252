import { Agent } from 'undici';
import { createLanes } from './lanes.js';
import type { Receipt } from './protocol.js';

/** A carrier that waits for one receipt before it sends the next would hold up what is measured. */
export const CONNECTIONS_PER_CALLBACK = 256;
const PATIENCE_MS = 10_000;
const FIRST_REPEAT_MS = 250;
const LONGEST_REPEAT_MS = 60_000;
const GIVE_UP_MS = 24 * 60 * 60 * 1_000;

export interface ReceiptSender {
  /** Posts a receipt in its turn, and again with growing pauses until it is answered 2xx, for 24 hours. */
  send(callback: URL, receipt: Receipt): void;
  /** The same, but the first try goes ahead of the queue; resolves after it, whatever came of it. */
  sendAhead(callback: URL, receipt: Receipt): Promise<void>;
  /** Receipts nobody has stored yet. */
  waiting(): number;
  close(): Promise<void>;
}

interface Outgoing {
  readonly callback: URL;
  readonly body: string;
  readonly giveUpAt: number;
  tries: number;
}

export function createReceiptSender(): ReceiptSender {
  const agent = new Agent({
    connections: CONNECTIONS_PER_CALLBACK,
    connect: { timeout: PATIENCE_MS },
    headersTimeout: PATIENCE_MS,
    bodyTimeout: PATIENCE_MS,
  });
  const run = createLanes(CONNECTIONS_PER_CALLBACK);
  let waiting = 0;
  let closed = false;

  function enqueue(outgoing: Outgoing): void {
    run(outgoing.callback.origin, () => attempt(outgoing));
  }

  async function attempt(outgoing: Outgoing): Promise<void> {
    if (closed) return;
    const stored = await post(agent, outgoing);
    if (stored || Date.now() >= outgoing.giveUpAt) waiting -= 1;
    else setTimeout(() => enqueue(outgoing), pauseAfter(outgoing)).unref();
  }

  function outgoingOf(callback: URL, receipt: Receipt): Outgoing {
    waiting += 1;
    return { callback, body: JSON.stringify(receipt), giveUpAt: Date.now() + GIVE_UP_MS, tries: 0 };
  }

  return {
    send: (callback, receipt) => enqueue(outgoingOf(callback, receipt)),
    sendAhead: (callback, receipt) => attempt(outgoingOf(callback, receipt)),
    waiting: () => waiting,
    async close() {
      closed = true;
      await agent.destroy();
    },
  };
}

/** Whether the receipt was stored. Every failure has the same consequence, so none is told apart. */
async function post(agent: Agent, { callback, body }: Outgoing): Promise<boolean> {
  try {
    const answer = await agent.request({
      origin: callback.origin,
      path: callback.pathname + callback.search,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await answer.body.dump(); // the connection is free for the next receipt only once the body is read
    return answer.statusCode >= 200 && answer.statusCode < 300;
  } catch {
    return false;
  }
}

/** Doubles from try to try; half of it is chance, so that a callback that comes back is not met by all at once. */
function pauseAfter(outgoing: Outgoing): number {
  const pause = Math.min(LONGEST_REPEAT_MS, FIRST_REPEAT_MS * 2 ** outgoing.tries);
  outgoing.tries += 1;
  return pause * (0.5 + Math.random() / 2);
}
