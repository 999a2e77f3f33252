/** What the driver or the server said about a failed statement. */
export interface DriverFailure {
  /** PostgreSQL's code, five characters; undefined when no server answered. */
  readonly sqlstate: string | undefined;
  /** What the server said, or the driver's fixed words or code. May quote a value of the statement. */
  readonly said: string | undefined;
  /** There was no connection, so the statement has not left this process. */
  readonly neverSent: boolean;
  /** The connection could not be opened, broke, or was silent for too long. */
  readonly connection: boolean;
}

interface FailedStatement {
  readonly message?: string;
  /** A SQLSTATE, or the operating system's code. */
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: PrismaCause } };
}

/** Prisma's adapter replaces the driver's error. It keeps the code and the server's message, or gives its own kind. */
interface PrismaCause {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly code?: string;
  readonly kind?: string;
}

/** Excludes Prisma's own codes (P2002 …), which have the form of a SQLSTATE. */
const SQLSTATE = /^(?!P[1-9])[0-9A-Z]{5}$/;
/** Prisma gives these kinds in place of the operating system's codes below. */
const CONNECTION_KINDS: ReadonlyMap<string | undefined, string> = new Map([
  ['DatabaseNotReachable', 'it cannot be reached'],
  ['ConnectionClosed', 'it closed the connection'],
  ['SocketTimeout', 'it did not answer in time'],
]);
const UNREACHABLE_CODES = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
/** This process or this machine has no descriptor or no port left for a new connection. */
const NO_SOCKET_CODES = ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL'];
const NEVER_SENT_CODES = [...UNREACHABLE_CODES, ...NO_SOCKET_CODES];
const CONNECTION_CODES = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', ...NEVER_SENT_CODES];
/** Errors of the pool and of the driver have a fixed message and no code. */
const NO_CONNECTION_IN_TIME = 'timeout exceeded when trying to connect';
const DRIVER_WORDS = [NO_CONNECTION_IN_TIME, 'Query read timeout', 'Connection terminated'];

export function readDriverFailure(error: unknown): DriverFailure {
  const { meta, code, message = '' } = (error ?? {}) as FailedStatement;
  const cause = meta?.driverAdapterError?.cause;
  const word = cause?.originalCode ?? cause?.code ?? (typeof code === 'string' ? code : '');
  const kind = CONNECTION_KINDS.get(cause?.kind);
  const systemCode = CONNECTION_CODES.find((one) => one === word);
  const words = DRIVER_WORDS.find((text) => message.includes(text));
  // The system codes come first, because EPIPE has the form of a SQLSTATE.
  if (systemCode === undefined && SQLSTATE.test(word))
    return { sqlstate: word, said: cause?.originalMessage ?? message, neverSent: false, connection: false };
  return {
    sqlstate: undefined,
    said: words ?? systemCode ?? kind,
    neverSent:
      cause?.kind === 'DatabaseNotReachable' || NEVER_SENT_CODES.includes(word) || words === NO_CONNECTION_IN_TIME,
    connection: (words ?? systemCode ?? kind) !== undefined,
  };
}
