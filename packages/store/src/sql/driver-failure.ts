/** What the driver or the server said of a failed statement, be it through Prisma or past it. */
export interface DriverFailure {
  /** PostgreSQL's word, five characters; undefined where no server answered. */
  readonly sqlstate: string | undefined;
  /** Not even a connection was had: the statement has not left this process. */
  readonly neverSent: boolean;
  /** The connection was not there, ended, or was silent for too long. */
  readonly connection: boolean;
}

interface FailedStatement {
  readonly message?: string;
  /** The driver's: a SQLSTATE, or the operating system's word. */
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: PrismaCause } };
}

interface PrismaCause {
  readonly originalCode?: string;
  readonly code?: string;
  readonly kind?: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Prisma's words for what the driver's codes below say. */
const KINDS = ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'];
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const CONNECTION = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', ...NEVER_SENT];
/** The pool's and the driver's own errors have no code. */
const NO_CONNECTION_IN_TIME = 'timeout exceeded when trying to connect';
const MESSAGES = [NO_CONNECTION_IN_TIME, 'Query read timeout', 'Connection terminated'];

export function driverFailure(error: unknown): DriverFailure {
  const { meta, code, message = '' } = (error ?? {}) as FailedStatement;
  const cause = meta?.driverAdapterError?.cause;
  const word = cause?.originalCode ?? cause?.code ?? (typeof code === 'string' ? code : '');
  return {
    sqlstate: SQLSTATE.test(word) && !isPrismas(word) ? word : undefined,
    neverSent:
      cause?.kind === 'DatabaseNotReachable' || NEVER_SENT.includes(word) || message.includes(NO_CONNECTION_IN_TIME),
    connection:
      KINDS.includes(cause?.kind ?? '') || CONNECTION.includes(word) || MESSAGES.some((text) => message.includes(text)),
  };
}

/** Prisma's own codes look like SQLSTATEs of a class that PostgreSQL keeps for PL/pgSQL: P2002 … */
const isPrismas = (word: string): boolean => /^P[1-9]/.test(word);
