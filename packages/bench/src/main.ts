import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { CommanderError } from 'commander';
import { readTask } from './read-task.js';
import type { Task } from './task.js';

const startedAt = Date.now();
const progress = (line: string): void =>
  void process.stderr.write(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s] ${line}\n`);

const { run, failureCode } = taskOrExit();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    progress('stopping');
    stop.abort();
  });
const closers = createCleanupStack();
let code: number;
try {
  const outcome = await run({ closers, signal: stop.signal, progress });
  process.stdout.write(`${outcome.text}\n`);
  code = outcome.code;
} catch (error) {
  code = stop.signal.aborted ? 130 : failureCode;
  if (code !== 130)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
} finally {
  for (const failure of await closers.closeAll()) progress(`${failure.name}: ${String(failure.error)}`);
}
process.exit(code);

function taskOrExit(): Task {
  try {
    return readTask(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
