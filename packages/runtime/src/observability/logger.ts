import winston from 'winston';
import { allowFields, type LogFields } from './log-fields.js';
import { createTimestamp } from './timestamp.js';

type WriteLine = (event: string, fields?: LogFields) => void;

export interface Logger {
  readonly error: WriteLine;
  readonly warn: WriteLine;
  readonly info: WriteLine;
  readonly debug: WriteLine;
  /** Writes one line for each entry, in one write. For units of work that end together. */
  infoAll(event: string, entries: readonly LogFields[]): void;
}

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Where lines are written. Default: standard output. */
  readonly stream?: NodeJS.WritableStream;
}

/**
 * Writes JSON lines with `time`, `level`, `service`, `event` and the allowed fields. `event` is a fixed text of the code
 * and is never built from data.
 */
export function createLogger({ service, level: lowest, stream = process.stdout }: LoggerOptions): Logger {
  const sink = winston.createLogger({
    level: lowest,
    format: winston.format.printf(({ message }) => message as string),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston declares the class as an interface
    transports: [new winston.transports.Stream({ stream })],
  });
  const timestamp = createTimestamp();
  const line = (level: LogLevel, event: string, fields: LogFields = {}): string =>
    JSON.stringify(allowFields(fields, { time: timestamp(), level, service, event }));
  // winston formats a line before it compares the level.
  const isOff = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(lowest);
  const at = (level: LogLevel): WriteLine =>
    isOff(level) ? () => undefined : (event, fields) => void sink.log(level, line(level, event, fields));
  const infoAll: Logger['infoAll'] = (event, entries) => {
    if (entries.length > 0) sink.log('info', entries.map((fields) => line('info', event, fields)).join('\n'));
  };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    infoAll: isOff('info') ? () => undefined : infoAll,
  };
}
