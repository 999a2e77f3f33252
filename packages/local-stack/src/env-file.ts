import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Home } from './home.js';

/**
 * Leaves the variables of the running stack where the `ardor` command looks for them, so that it needs none of its
 * own in the same checkout. Readable by the owner alone: the database's password is in it.
 */
export function writeEnvFile(home: Home, env: NodeJS.ProcessEnv): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value ?? '')}\n`);
  writeFileSync(join(home.root, 'env'), lines.join(''), { mode: 0o600 });
}
