import { existsSync, readFileSync, renameSync } from 'node:fs';

/** Keeps the previous run's log as `<file>.1`, so that a restart does not hide why the last run ended. */
export function rotateLog(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.1`);
}

/** The last `count` lines of a log, or a line that says there are none. */
export function lastLines(file: string, count = 20): string {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : '';
  return text === '' ? '(it wrote nothing)' : text.split('\n').slice(-count).join('\n');
}
