import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Report {
  readonly messages: readonly { readonly rule: string; readonly message: string; readonly line: number }[];
}

const CONFIG = fileURLToPath(new URL('../.dclintrc.yaml', import.meta.url));
const require = createRequire(import.meta.url);
const PROGRAM = join(dirname(require.resolve('dclint/package.json')), 'bin', 'dclint.cjs');

/** What dclint says with our rules, which include the schema of the Compose Specification. */
export function dclint(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ardor-dclint-'));
  const file = join(folder, 'compose.yaml');
  try {
    writeFileSync(file, text);
    const reports = JSON.parse(run([PROGRAM, '--config', CONFIG, '--formatter', 'json', file])) as Report[];
    return reports
      .flatMap(({ messages }) => messages)
      .map(({ rule, message, line }) => `line ${line}: ${rule}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** It ends with 1 when it has something to say. */
function run(argv: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`dclint failed: ${stderr}`);
  return stdout;
}
