import { writeFileSync } from 'node:fs';
import { createClosers } from '@ardor/runtime/closers';
import { CommanderError } from 'commander';
import { nodeVersion } from './environment.js';
import { readOptions, type BenchOptions } from './options.js';
import { table } from './report/table.js';
import { runBench } from './run-bench.js';

const startedAt = Date.now();
const progress = (line: string): void =>
  void process.stderr.write(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s] ${line}\n`);

const options = optionsOrExit();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    progress('stopping');
    stop.abort();
  });
const closers = createClosers();
let code = 0;
try {
  const result = await runBench(options, { closers, signal: stop.signal, progress });
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${table(result)}\n`);
} catch (error) {
  code = stop.signal.aborted ? 130 : 1;
  if (code === 1) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
} finally {
  for (const failure of await closers.closeAll()) progress(`${failure.name}: ${String(failure.error)}`);
}
process.exit(code);

function optionsOrExit(): BenchOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    nodeVersion(read.node);
    return read;
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(`--node: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
