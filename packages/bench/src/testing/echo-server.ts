import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoServer {
  readonly port: number;
  /** The bodies of the requests so far. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

/** Starts a server that calls `answer` once the body of a request is read. */
export async function startEchoServer(
  answer: (response: ServerResponse, nth: number, request: IncomingMessage) => void = reply(200),
): Promise<EchoServer> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => answer(response, bodies.push(body), request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    bodies,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const reply =
  (status: number, body = '{}') =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
