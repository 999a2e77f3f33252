import { REDIS_ERROR_MESSAGES, REDIS_ERROR_NAMES } from '../redis/redis-errors.js';

/**
 * The allowed fields of a log line. Other keys are dropped, and every value must be a scalar. So a body, a row or a job
 * cannot be logged by mistake. No field holds a phone number, a text, a parameter or a passcode.
 */
export const LOG_FIELDS = [
  'address',
  'attempt',
  'batch',
  'cap',
  'cause',
  'client_id',
  'count',
  'country',
  'duration_ms',
  'gateway',
  'host',
  'http_status',
  'job_id',
  'lane',
  'method',
  'outcome',
  'part',
  'port',
  'reason',
  'request_id',
  'resource',
  'route',
  'signal',
  'sms_uid',
  'status',
  'task',
] as const;

export type LogField = (typeof LOG_FIELDS)[number];
/** A field that is undefined is left out of the line. */
export type LogFields = Partial<Record<LogField, string | number | boolean | undefined>> & { readonly error?: unknown };

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
  /** PostgreSQL's error code, five characters. */
  readonly sqlstate?: string;
  readonly message?: string;
  readonly frames?: string[];
  readonly cause?: ErrorDescription;
}

const MAX_CAUSES = 4;
const MAX_FRAMES = 8;

/**
 * Describes an error for the log. The message is kept only when it cannot contain request data: errors of the operating
 * system, of Redis, of the configuration, and errors marked `loggable`. A database message may quote a value: StoreError
 * carries a safe one in its place.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: `non-error ${typeof error}` };
  const { code, sqlstate, errno, syscall, loggable } = error as Error &
    Partial<Record<'code' | 'sqlstate' | 'errno' | 'syscall' | 'loggable', unknown>>;
  const trusted =
    loggable === true ||
    (errno !== undefined && syscall !== undefined) ||
    TRUSTED_NAMES.has(error.name) ||
    REDIS_ERROR_MESSAGES.has(error.message);
  const frames = framesOf(error);
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof sqlstate === 'string' ? { sqlstate } : {}),
    ...(trusted ? { message: error.message } : {}),
    ...(frames.length > 0 ? { frames } : {}),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

/** A stack frame that names a place in a file. Other text after `at` is not a frame. */
const FRAME = /^ {4}at (.*(?:\(.+:\d+:\d+\)|\(<anonymous>\)|\(native\))|\S+:\d+:\d+)$/;

/** Skips the message at the start of the stack, because a line of a message may look like a frame. */
function framesOf({ stack = '', message }: Error): string[] {
  const at = stack.indexOf(message);
  const lines = stack.slice(at < 0 ? 0 : at + message.length).split('\n');
  return lines.flatMap((line) => FRAME.exec(line)?.[1] ?? []).slice(0, MAX_FRAMES);
}

const TRUSTED_NAMES: ReadonlySet<string> = new Set([
  'ConfigError',
  ...REDIS_ERROR_NAMES,
  'ConnectTimeoutError',
  'TimeoutError',
]);
