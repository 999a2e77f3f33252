import { existsSync, readFileSync } from 'node:fs';

const LIMITS = '/proc/self/limits';

/** How many files and sockets this process may have open; undefined where Linux does not tell. Node raises it to the hard limit at start. */
export function openFileLimit(): number | undefined {
  if (!existsSync(LIMITS)) return undefined;
  const soft = /^Max open files +(\d+)/m.exec(readFileSync(LIMITS, 'utf8'))?.[1];
  return soft === undefined ? undefined : Number(soft);
}
