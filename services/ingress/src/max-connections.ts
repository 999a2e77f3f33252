import type { Logger } from '@ardor/runtime/observability/logger';
import { MAX_OPS_CONNECTIONS } from '@ardor/runtime/observability/ops-server';
import { MAX_REFUSALS_AT_ONCE } from '@ardor/runtime/process/limit-connections';
import { openFileLimit } from '@ardor/runtime/process/open-files';

/** Node's own descriptors, listening sockets, log and modules; and new connections to servers that are being replaced. */
const OWN_FILES = 64;
/** A worse process than this would refuse nearly everything. */
const MIN_CONNECTIONS = 16;

interface Wants {
  readonly maxConnections: number;
  readonly databasePool: number;
  readonly redisUrls: readonly string[];
}

/** Descriptors that API connections must leave: for Postgres, Redis, the ops port, refusals and the process itself. */
export const reservedFiles = ({ databasePool, redisUrls }: Omit<Wants, 'maxConnections'>): number =>
  // A connection that is being replaced exists twice for a moment. Each Redis may be asked by the limiter and by the queue.
  2 * (databasePool + 2 * redisUrls.length + 1) + MAX_OPS_CONNECTIONS + MAX_REFUSALS_AT_ONCE + OWN_FILES;

/** MAX_CONNECTIONS, or fewer where the process may not open so many files. */
export function maxConnections(wants: Wants, log: Pick<Logger, 'warn'>, openFiles = openFileLimit()): number {
  const room = openFiles === undefined ? Infinity : Math.max(MIN_CONNECTIONS, openFiles - reservedFiles(wants));
  if (wants.maxConnections <= room) return wants.maxConnections;
  log.warn('fewer connections than MAX_CONNECTIONS: the limit of open files (ulimit -n) is too low', {
    count: room,
  });
  return room;
}
