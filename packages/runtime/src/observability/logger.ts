import winston from 'winston';
import { allowFields, type LogFields } from './log-fields.js';

export interface Logger {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  /** Where lines go; standard output when left out. */
  readonly stream?: NodeJS.WritableStream;
}

/**
 * JSON lines: `time`, `level`, `service`, `event`, and the allowed fields. `event` is a fixed text of the code,
 * never built from data.
 */
export function createLogger({ service, level, stream = process.stdout }: LoggerOptions): Logger {
  const sink = winston.createLogger({
    level,
    format: winston.format.printf(({ level: severity, message, fields }) =>
      JSON.stringify({
        time: new Date().toISOString(),
        level: severity,
        service,
        event: message,
        ...allowFields((fields ?? {}) as Record<string, unknown>),
      }),
    ),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston declares the class as an interface
    transports: [new winston.transports.Stream({ stream })],
  });
  const at =
    (severity: string) =>
    (event: string, fields?: LogFields): void => {
      sink.log(severity, event, { fields });
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
