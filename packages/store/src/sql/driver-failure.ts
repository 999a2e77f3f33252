/** What the driver or the server said about a failed statement, in the words of PostgreSQL. */
export interface DriverFailure {
  /** PostgreSQL's code, five characters; undefined when no server answered. */
  readonly sqlstate: string | undefined;
  /** What the server said, or the driver's fixed words or code. May quote a value of the statement. */
  readonly said: string | undefined;
  /** There was no connection at all: the statement has not left this process. */
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

/** Prisma's adapter hides the driver's error: it keeps the code and the server's words, or a kind of its own. */
interface PrismaCause {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly code?: string;
  readonly kind?: string;
}

/** Not Prisma's own codes (P2002 …), which look like a class that PostgreSQL keeps for PL/pgSQL. */
const SQLSTATE = /^(?!P[1-9])[0-9A-Z]{5}$/;
/** Prisma's kinds in place of the operating system's codes below. */
const CONNECTION_KINDS: ReadonlyMap<string | undefined, string> = new Map([
  ['DatabaseNotReachable', 'it cannot be reached'],
  ['ConnectionClosed', 'it closed the connection'],
  ['SocketTimeout', 'it did not answer in time'],
]);
const NEVER_SENT_CODES = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const CONNECTION_CODES = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', ...NEVER_SENT_CODES];
/** The pool's and the driver's own errors have fixed words and no code. */
const NO_CONNECTION_IN_TIME = 'timeout exceeded when trying to connect';
const DRIVER_WORDS = [NO_CONNECTION_IN_TIME, 'Query read timeout', 'Connection terminated'];

export function readDriverFailure(error: unknown): DriverFailure {
  const { meta, code, message = '' } = (error ?? {}) as FailedStatement;
  const cause = meta?.driverAdapterError?.cause;
  const word = cause?.originalCode ?? cause?.code ?? (typeof code === 'string' ? code : '');
  const kind = CONNECTION_KINDS.get(cause?.kind);
  const systemCode = CONNECTION_CODES.find((one) => one === word);
  const words = DRIVER_WORDS.find((text) => message.includes(text));
  // Looked at first: EPIPE, too, has five capitals.
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
