import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '@ardor/runtime/config/config';
import { chooseNode, type Node } from './choose-node.js';
import { nodeCandidates } from './node-candidates.js';
import { explainOldNode, parseVersion } from './node-version.js';

export interface FindNodeOptions {
  /** ARDOR_NODE, where it is set. */
  readonly wanted: string | undefined;
  /** The Node that runs us. */
  readonly running: Node;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** A program that takes longer to say its version is passed over. */
  readonly timeoutMs?: number;
}

const VERSION_TIMEOUT_MS = 3_000;

/** The Node for the services: what ARDOR_NODE names, or the best that is there. Throws ConfigError where ARDOR_NODE is of no use. */
export async function findNode(options: FindNodeOptions): Promise<Node> {
  const { wanted, running, env, home, timeoutMs = VERSION_TIMEOUT_MS } = options;
  if (wanted !== undefined) return named(resolve(wanted), timeoutMs);
  const asked = await Promise.all(nodeCandidates(env, home).map((path) => ask(path, timeoutMs)));
  return chooseNode(
    running,
    asked.filter((node) => node !== undefined),
  );
}

async function named(path: string, timeoutMs: number): Promise<Node> {
  const node = await ask(path, timeoutMs);
  if (!node) throw new ConfigError(['ARDOR_NODE must name a Node that runs: the full path of the program']);
  const problem = explainOldNode(node.version);
  if (problem !== undefined) throw new ConfigError([`ARDOR_NODE is too old: ${problem}`]);
  return node;
}

/** Undefined when it does not run, says something else than a version, or hangs. */
async function ask(path: string, timeoutMs: number): Promise<Node | undefined> {
  try {
    const run = { timeout: timeoutMs, killSignal: 'SIGKILL' as const };
    const version = (await promisify(execFile)(path, ['--version'], run)).stdout.trim();
    return parseVersion(version) && { path, version: version.replace(/^v/, '') };
  } catch {
    return undefined;
  }
}
