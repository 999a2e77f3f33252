/** Errors of the driver and of the operating system that mean: the database was not there, or did not answer in time. */
const MESSAGES = ['timeout exceeded when trying to connect', 'Query read timeout', 'Connection terminated'];

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (operator intervention, among them a statement's timeout). */
const SQLSTATES = /^(08|53|57)/;

/** Whether an error of any operation of this package means that the database is out of reach, rather than a bug. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { meta, code } = error as Error & { meta?: { driverAdapterError?: { cause?: Cause } }; code?: unknown };
  const cause = meta?.driverAdapterError?.cause;
  const sqlstate = cause?.originalCode ?? cause?.code;
  if (sqlstate !== undefined && SQLSTATES.test(sqlstate)) return true;
  if (cause?.kind === 'DatabaseNotReachable' || cause?.kind === 'ConnectionClosed' || cause?.kind === 'SocketTimeout')
    return true;
  if (typeof code === 'string' && (code.startsWith('ECONN') || code === 'EPIPE' || code === 'ETIMEDOUT')) return true;
  return MESSAGES.some((text) => error.message.includes(text));
}

interface Cause {
  readonly originalCode?: string;
  readonly code?: string;
  readonly kind?: string;
}

/** Class 40 (transaction rollback: a deadlock, a conflict): the same statement may well succeed the next time. */
export function isConflict(error: unknown): boolean {
  const { meta } = (error ?? {}) as { meta?: { driverAdapterError?: { cause?: Cause } } };
  const cause = meta?.driverAdapterError?.cause;
  return (cause?.originalCode ?? cause?.code)?.startsWith('40') ?? false;
}
