import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { CommanderError } from 'commander';
import { type BenchCommand, readCommand } from './read-command.js';

const startedAt = Date.now();
const progress = (line: string): void =>
  void process.stderr.write(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s] ${line}\n`);

const { options, run, errorCode } = commandOrExit();
progress(JSON.stringify(options));
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
  code = outcome.failed ? 1 : 0;
} catch (error) {
  code = stop.signal.aborted ? 130 : errorCode;
  if (code !== 130)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
} finally {
  for (const failure of await closers.closeAll()) progress(`${failure.name}: ${String(failure.error)}`);
}
process.exit(code);

function commandOrExit(): BenchCommand {
  try {
    return readCommand(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    throw error;
  }
}
