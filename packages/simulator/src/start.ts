import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { json } from './call-response.js';
import { createHttpServer } from './http-server.js';
import { createInbox } from './inbox.js';
import { createLedger } from './ledger.js';
import { lookUpMessage } from './look-up-message.js';
import { behaviourOf, type SimulatorOptions } from './options.js';
import { createReceiptSender } from './receipt-sender.js';
import { handleCall, type Handlers } from './routes.js';
import { showInbox } from './show-inbox.js';
import { createTakeMessages } from './take-messages.js';

export type { SimulatorOptions } from './options.js';

export interface RunningSimulator {
  readonly url: string;
  readonly port: number;
  /** Stops listening, closes every connection, and drops waiting receipts. */
  close(): Promise<void>;
}

/** Calls in flight have this long to finish after close(). */
const GRACE_MS = 500;

/** Starts a carrier in this process. It keeps everything in memory only. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const behaviour = behaviourOf(options);
  const host = options.host ?? '127.0.0.1';
  const ledger = createLedger();
  const inbox = createInbox();
  const receipts = createReceiptSender();
  const handlers: Handlers = {
    takeMessages: createTakeMessages({ ledger, inbox, receipts, behaviour }),
    lookUpMessage: (reference) => lookUpMessage(ledger, reference),
    readLedger: () => json(200, ledger.totals()),
    showInbox: (askedHost, digits) => showInbox({ ledger, inbox, receipts }, askedHost, digits),
  };
  const server = createHttpServer((call) => handleCall(handlers, call, behaviour.latencyMs), behaviour.noResponseMs);

  const port = await listen(server, options.port, host);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    async close() {
      await closeServer(server);
      await receipts.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
