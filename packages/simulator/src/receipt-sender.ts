import { Agent } from 'undici';
import { createKeyedQueue } from './keyed-queue.js';
import type { Receipt } from './protocol.js';

/** Many connections, so that the carrier does not slow down a benchmark. */
export const CONNECTIONS_PER_CALLBACK = 256;
const TIMEOUT_MS = 10_000;
const FIRST_REPEAT_MS = 250;
const LONGEST_REPEAT_MS = 60_000;
const GIVE_UP_MS = 24 * 60 * 60 * 1_000;

export interface ReceiptSender {
  /** Queues a receipt and posts it. Repeats it with growing pauses, up to 24 hours, until the response is 2xx. */
  send(callback: URL, receipt: Receipt): void;
  /** As `send`, but the first try does not wait in the queue. Resolves after the first try, also when it failed. */
  sendFirst(callback: URL, receipt: Receipt): Promise<void>;
  /** Number of receipts that got no 2xx yet. */
  waiting(): number;
  close(): Promise<void>;
}

interface PendingReceipt {
  readonly callback: URL;
  readonly body: string;
  readonly giveUpAt: number;
  tries: number;
}

export function createReceiptSender(): ReceiptSender {
  const agent = new Agent({
    connections: CONNECTIONS_PER_CALLBACK,
    connect: { timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const run = createKeyedQueue(CONNECTIONS_PER_CALLBACK);
  let waiting = 0;
  let closed = false;

  function enqueue(pending: PendingReceipt): void {
    run(pending.callback.origin, () => attempt(pending));
  }

  async function attempt(pending: PendingReceipt): Promise<void> {
    if (closed) return;
    const stored = await post(agent, pending);
    if (stored || Date.now() >= pending.giveUpAt) waiting -= 1;
    else setTimeout(() => enqueue(pending), pauseAfter(pending)).unref();
  }

  function pendingReceipt(callback: URL, receipt: Receipt): PendingReceipt {
    waiting += 1;
    return { callback, body: JSON.stringify(receipt), giveUpAt: Date.now() + GIVE_UP_MS, tries: 0 };
  }

  return {
    send: (callback, receipt) => enqueue(pendingReceipt(callback, receipt)),
    sendFirst: (callback, receipt) => attempt(pendingReceipt(callback, receipt)),
    waiting: () => waiting,
    async close() {
      closed = true;
      await agent.destroy();
    },
  };
}

/** Returns whether the receipt was stored. All failures are treated alike: the receipt is sent again. */
async function post(agent: Agent, { callback, body }: PendingReceipt): Promise<boolean> {
  try {
    const response = await agent.request({
      origin: callback.origin,
      path: callback.pathname + callback.search,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.body.dump(); // the connection is free for the next receipt only after the body was read
    return response.statusCode >= 200 && response.statusCode < 300;
  } catch {
    return false;
  }
}

/** The pause doubles after each try. Half of it is random, so that receipts do not all come back at once. */
function pauseAfter(pending: PendingReceipt): number {
  const pause = Math.min(LONGEST_REPEAT_MS, FIRST_REPEAT_MS * 2 ** pending.tries);
  pending.tries += 1;
  return pause * (0.5 + Math.random() / 2);
}
