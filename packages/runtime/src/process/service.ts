import { createCleanupStack, type CleanupStack } from './cleanup-stack.js';
import { ConfigError } from '../config/setting-types.js';
import { createLogger, type Logger, type LogLevel } from '../observability/logger.js';

export interface ServiceOptions {
  readonly name: string;
  readonly logLevel: LogLevel;
  /** A shutdown that takes longer ends with exit code 1. */
  readonly shutdownSeconds: number;
  readonly start: (context: { log: Logger; cleanup: CleanupStack }) => Promise<void>;
}

/**
 * Owns the process of a service. SIGTERM and SIGINT drain it and exit 0 within the deadline. A failed start, an uncaught
 * error, or a drain beyond the deadline exits 1. A start that finds the configuration wrong (ConfigError) prints it to
 * standard error and exits 2. Resolves when the service has started.
 */
export async function runService({ name, logLevel, shutdownSeconds, start }: ServiceOptions): Promise<void> {
  const log = createLogger({ service: name, level: logLevel });
  const cleanup = createCleanupStack();
  const stop = async (code: number): Promise<void> => {
    const deadline = setTimeout(() => {
      log.error('shutdown deadline passed');
      process.exit(1);
    }, shutdownSeconds * 1000);
    const failures = await cleanup.closeAll();
    for (const { name: resource, error } of failures) log.error('close failed', { resource, error });
    clearTimeout(deadline);
    log.info('stopped');
    process.exit(failures.length > 0 ? 1 : code);
  };
  const onSignal = (signal: string): void => {
    log.info('stopping', { signal });
    void stop(0);
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const onUncaught = (error: unknown): void => {
    log.error('uncaught error', { error });
    void stop(1);
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  try {
    await start({ log, cleanup });
  } catch (error) {
    log.error('start failed', { error });
    const misconfigured = error instanceof ConfigError;
    if (misconfigured) process.stderr.write(`${error.message}\n`);
    await stop(misconfigured ? 2 : 1);
  }
}

/** Runs `read`. A wrong configuration is printed to standard error and ends the process with code 2. */
export function configOrExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
