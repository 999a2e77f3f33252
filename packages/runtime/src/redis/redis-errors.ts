const COMMAND_TIMED_OUT = 'Command timed out';

/** Whether a command took longer than `commandTimeoutMs`. ioredis gives this error no name or code of its own. */
export const isCommandTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === COMMAND_TIMED_OUT;

/** Errors of ioredis whose message never quotes a value of a request, so it may be logged. */
export const REDIS_ERROR_NAMES = ['ReplyError', 'MaxRetriesPerRequestError', 'AbortError'] as const;

/** Messages of ioredis about a server that does not answer. These errors have no name or code of their own. */
export const REDIS_ERROR_MESSAGES: ReadonlySet<string> = new Set([
  COMMAND_TIMED_OUT,
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
]);
