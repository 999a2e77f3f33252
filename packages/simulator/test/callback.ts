import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Receipt } from '../src/protocol.js';
import { release } from './carrier.js';

export interface Callback {
  readonly url: string;
  /** All receipts posted so far, repeats included. */
  readonly receipts: readonly Receipt[];
  /** Every connection that was opened to it. */
  readonly connections: ReadonlySet<Socket>;
  of(reference: string): Receipt[];
}

/** Receives receipts. `statusOf` gets the number of earlier receipts and returns the status (default 204). */
export async function startCallback(
  statusOf: (before: number) => number | Promise<number> = () => 204,
): Promise<Callback> {
  const receipts: Receipt[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const before = receipts.push(JSON.parse(body) as Receipt) - 1;
      void Promise.resolve(statusOf(before)).then((status) => response.writeHead(status).end());
    });
  });
  server.on('connection', (socket) => connections.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  release(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/receipts?from=carrier`,
    receipts,
    connections,
    of: (reference) => receipts.filter((receipt) => receipt.reference === reference),
  };
}
