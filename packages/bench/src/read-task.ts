import { writeFileSync } from 'node:fs';
import { readDepthOptions } from './depth/depth-options.js';
import { runDepth } from './depth/run-depth.js';
import { nodeVersion } from './environment.js';
import { readGuardOptions } from './guard/guard-options.js';
import { runGuard } from './guard/run-guard.js';
import { readOptions } from './options.js';
import { table } from './report/table.js';
import { runBench } from './run-bench.js';
import { runSizing } from './sizing/run-sizing.js';
import { readSizingOptions } from './sizing/sizing-options.js';
import type { Task } from './task.js';

type ReadTask = (argv: readonly string[]) => Task;

const COMMANDS: ReadonlyMap<string, ReadTask> = new Map([
  ['guard', guardTask],
  ['sizing', sizingTask],
  ['depth', depthTask],
]);

/** The first word may name a command; else it is the bench. Throws for mistakes, and commander's error for help. */
export function readTask(argv: readonly string[]): Task {
  const command = COMMANDS.get(argv[0] ?? '');
  return command ? command(argv.slice(1)) : benchTask(argv);
}

function benchTask(argv: readonly string[]): Task {
  const options = readOptions(argv);
  checkNode(options.node);
  return {
    run: async (deps) => {
      const result = await runBench(options, deps);
      writeJson(options.json, result);
      return { text: table(result), code: 0 };
    },
    failureCode: 1,
  };
}

/** 1 means "over", so that what could not be measured has to be another code. */
function guardTask(argv: readonly string[]): Task {
  const options = readGuardOptions(argv);
  checkNode(options.node);
  return { run: (deps) => runGuard(options, deps), failureCode: 2 };
}

function sizingTask(argv: readonly string[]): Task {
  const options = readSizingOptions(argv);
  checkNode(options.node);
  return {
    run: async (deps) => {
      const { text, result } = await runSizing(options, deps);
      writeJson(options.json, result);
      return { text, code: 0 };
    },
    failureCode: 1,
  };
}

function depthTask(argv: readonly string[]): Task {
  const options = readDepthOptions(argv);
  checkNode(options.node);
  return { run: (deps) => runDepth(options, deps), failureCode: 1 };
}

function writeJson(file: string | undefined, value: unknown): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

function checkNode(node: string): void {
  try {
    nodeVersion(node);
  } catch (error) {
    throw new Error(`--node: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
