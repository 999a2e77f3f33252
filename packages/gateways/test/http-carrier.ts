import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpCarrier {
  readonly url: string;
  readonly port: number;
  /** Closes the listening socket and every connection. */
  stop(): Promise<void>;
}

/** An HTTP server that reads each request to its end and then lets the test answer. */
export async function startHttpCarrier(
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
  port = 0,
): Promise<HttpCarrier> {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => answer(request, body, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
