import type { Redis } from 'ioredis';

/**
 * Resolves when the server takes commands, and rejects when it is away; waits only for a connection that is being made.
 * BullMQ waits for its first connection without end, and would keep the jobs of all that time in memory.
 */
export function createUntilReachable(connection: Redis): () => Promise<void> {
  let making: Promise<void> | undefined;
  return () => {
    if (connection.status === 'ready') return Promise.resolve();
    if (connection.status !== 'connecting' && connection.status !== 'connect') return Promise.reject(away());
    // One for all that wait, or each would be a listener of its own.
    making ??= connected(connection).finally(() => (making = undefined));
    return making;
  };
}

function connected(connection: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      connection.off('ready', onReady);
      connection.off('close', onClose);
    };
    const onReady = (): void => {
      done();
      resolve();
    };
    const onClose = (): void => {
      done();
      reject(away());
    };
    connection.on('ready', onReady);
    connection.on('close', onClose);
  });
}

const away = (): Error => new Error('a server of the queue is away');
