import type { Redis } from 'ioredis';

/** A Redis server of the queue is out of reach, as far as its connection knows. */
export class ServerUnavailableError extends Error {
  override readonly name = 'ServerUnavailableError';
  readonly loggable = true;
  constructor() {
    super('a server of the queue is unavailable');
  }
}

export const isConnected = (connection: Redis): boolean => connection.status === 'ready';

/**
 * Makes a function that resolves when the server takes commands, and rejects when it is away. It waits only for a
 * connection that is being made. BullMQ would wait for its first connection without end, and keep the jobs in memory.
 */
export function createWaitForConnection(connection: Redis): () => Promise<void> {
  let connecting: Promise<void> | undefined;
  return () => {
    if (isConnected(connection)) return Promise.resolve();
    if (connection.status !== 'connecting' && connection.status !== 'connect') {
      return Promise.reject(new ServerUnavailableError());
    }
    // All callers share one promise; otherwise each would add listeners of its own.
    connecting ??= nextConnection(connection).finally(() => (connecting = undefined));
    return connecting;
  };
}

function nextConnection(connection: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = (): void => {
      connection.off('ready', onReady);
      connection.off('close', onClose);
    };
    const onReady = (): void => {
      stopListening();
      resolve();
    };
    const onClose = (): void => {
      stopListening();
      reject(new ServerUnavailableError());
    };
    connection.on('ready', onReady);
    connection.on('close', onClose);
  });
}
