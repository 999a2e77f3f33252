import { connect, type Socket } from 'node:net';
import { createResponseReader, type OnResponse } from './response-reader.js';

/** A connection with at most one request in flight. It is opened for the first request, and again after a loss. */
export interface Connection {
  send(request: string, onResponse: OnResponse): void;
  close(): void;
}

/** A raw socket: an HTTP client would cost more than the server that it measures. */
export function createConnection(port: number): Connection {
  let waiting: OnResponse | undefined;
  let socket: Socket | undefined;
  const settle: OnResponse = (status, body) => {
    const callback = waiting;
    waiting = undefined;
    callback?.(status, body);
  };
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    const read = createResponseReader(settle);
    opened.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch {
        opened.destroy();
      }
    });
    // A 'close' always follows an error, and counts it.
    opened.on('error', () => undefined);
    opened.on('close', () => {
      socket = undefined;
      settle(0, () => '');
    });
    return opened;
  };
  return {
    send: (request, onResponse) => {
      waiting = onResponse;
      socket ??= open();
      socket.write(request, 'latin1');
    },
    close: () => socket?.destroy(),
  };
}
