/**
 * What a log line may hold. Keys that are not here do not reach a log, and every value is a scalar: a body, a
 * row or a job cannot be logged by mistake. Nothing here is a phone number, a text, a parameter or a passcode.
 */
export const LOG_FIELDS = [
  'accepted',
  'address',
  'attempt',
  'attempts',
  'batch',
  'cause',
  'client_id',
  'count',
  'deferred',
  'duration_ms',
  'expired',
  'gateway',
  'host',
  'http_status',
  'job_id',
  'lane',
  'method',
  'migration',
  'outcome',
  'part',
  'port',
  'reason',
  'rejected',
  'request_id',
  'route',
  'signal',
  'sms_uid',
  'status',
  'task',
  'template_id',
  'uncertain',
] as const;

export type LogField = (typeof LOG_FIELDS)[number];
export type LogFields = Partial<Record<LogField, string | number | boolean>> & { readonly error?: unknown };

const ALLOWED: ReadonlySet<string> = new Set(LOG_FIELDS);

/** Adds the allowed keys with scalar values to `line`; describes `error`. A key that `line` has already stays as it is. */
export function allowFields(
  fields: Readonly<Record<string, unknown>>,
  line: Record<string, unknown> = {},
): Record<string, unknown> {
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (key === 'error') line['error'] = describeError(value);
    else if (ALLOWED.has(key) && isScalar(value)) line[key] = value;
  }
  return line;
}

function isScalar(value: unknown): boolean {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean';
}

export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  /** PostgreSQL's word for what went wrong, five characters. */
  readonly sqlstate?: string;
  readonly message?: string;
  readonly frames?: string[];
  readonly cause?: ErrorDescription;
}

const MAX_CAUSES = 4;
const MAX_FRAMES = 8;

/**
 * An error for the log. Its message is kept only where the text cannot come from a request: errors of the operating
 * system, of Redis, of the configuration, and those that say so themselves (`loggable`). A database's message may
 * quote a value, so for those the code (SQLSTATE) and the place have to do.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: `non-error ${typeof error}` };
  const { code, errno, syscall, loggable } = error as Error &
    Partial<Record<'code' | 'errno' | 'syscall' | 'loggable', unknown>>;
  const trusted =
    loggable === true ||
    (errno !== undefined && syscall !== undefined) ||
    TRUSTED_NAMES.has(error.name) ||
    TRUSTED_MESSAGES.has(error.message);
  const sqlstate = sqlstateOf(error);
  const frames = framesOf(error);
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(sqlstate === undefined ? {} : { sqlstate }),
    ...(trusted ? { message: error.message } : {}),
    ...(frames.length > 0 ? { frames } : {}),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** Where Prisma's driver adapter keeps the code of the database. */
function sqlstateOf(error: Error): string | undefined {
  const { meta } = error as Error & { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  const code = meta?.driverAdapterError?.cause?.originalCode;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** A place in a file; nothing else that follows `at` is one. */
const FRAME = /^ {4}at (.*(?:\(.+:\d+:\d+\)|\(<anonymous>\)|\(native\))|\S+:\d+:\d+)$/;

/** The stack begins with the message, and a line of a message may look like a frame. */
function framesOf({ stack = '', message }: Error): string[] {
  const at = stack.indexOf(message);
  const lines = stack.slice(at < 0 ? 0 : at + message.length).split('\n');
  return lines
    .flatMap((line) => FRAME.exec(line)?.[1] ?? [])
    .filter((frame) => !frame.includes('node_modules/@prisma'))
    .slice(0, MAX_FRAMES);
}

const TRUSTED_NAMES: ReadonlySet<string> = new Set([
  'ConfigError',
  'ReplyError',
  'MaxRetriesPerRequestError',
  'AbortError',
  'ConnectTimeoutError',
  'TimeoutError',
]);

/** What ioredis and pg say of a server that does not answer, word for word: errors without a name or a code of their own. */
const TRUSTED_MESSAGES: ReadonlySet<string> = new Set([
  'Command timed out',
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'timeout exceeded when trying to connect',
]);
