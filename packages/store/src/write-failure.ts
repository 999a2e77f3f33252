/**
 * What a failed write means for its rows.
 * `refused`: the database refused this data; nothing of the statement was stored, and another row may do better.
 * `not_stored`: it certainly stored nothing.
 * `unknown`: it may have been committed.
 */
export type WriteFailure = 'refused' | 'not_stored' | 'unknown';

interface DriverCause {
  readonly originalCode?: string;
  readonly code?: string;
  readonly kind?: string;
}

/** Classes 22 (data exception) and 23 (integrity constraint): SQLSTATE, PostgreSQL manual, appendix A. */
const DATA_ERROR = /^2[23]/;

/**
 * SQLSTATEs after which the statement is certainly rolled back: the server said ERROR for this statement. Not among
 * them: 57P01–57P03 and class 08, where the session ended and a commit may have been under way.
 */
const ROLLED_BACK = /^(2|3|40|42|53|54|55|57014)/;

export function writeFailure(error: unknown): WriteFailure {
  const cause = driverCause(error);
  const code = cause?.originalCode ?? cause?.code;
  if (code !== undefined && DATA_ERROR.test(code)) return 'refused';
  if (code !== undefined && ROLLED_BACK.test(code)) return 'not_stored';
  if (cause?.kind === 'DatabaseNotReachable' || poolExhausted(error)) return 'not_stored';
  return 'unknown';
}

function driverCause(error: unknown): DriverCause | undefined {
  const meta = (error as { meta?: { driverAdapterError?: { cause?: DriverCause } } } | undefined)?.meta;
  return meta?.driverAdapterError?.cause;
}

/** The pool gave no connection in time, so the statement never left this process. */
const poolExhausted = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('timeout exceeded when trying to connect');
