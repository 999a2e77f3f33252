import { connect, type Socket } from 'node:net';
import { createAnswerReader, type Answer } from './read-answers.js';

/** A connection with at most one request under way, made when it is first needed and again after it was lost. */
export interface Connection {
  /** Writes one request; `onAnswer` is called once, with undefined when the connection broke. */
  ask(request: string, onAnswer: (answer: Answer | undefined) => void): void;
  close(): void;
}

/** Raw: an HTTP client would cost more than the server it measures. */
export function createConnection(port: number): Connection {
  let waiting: ((answer: Answer | undefined) => void) | undefined;
  let socket: Socket | undefined;
  const settle = (answer: Answer | undefined): void => {
    const callback = waiting;
    waiting = undefined;
    callback?.(answer);
  };
  const open = (): Socket => {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    const read = createAnswerReader(settle);
    opened.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch {
        opened.destroy();
      }
    });
    // An error is always followed by a close.
    opened.on('error', () => undefined);
    opened.on('close', () => {
      socket = undefined;
      settle(undefined);
    });
    return opened;
  };
  return {
    ask: (request, onAnswer) => {
      waiting = onAnswer;
      socket ??= open();
      socket.write(request, 'latin1');
    },
    close: () => socket?.destroy(),
  };
}
