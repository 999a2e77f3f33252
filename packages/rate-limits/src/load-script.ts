import { readFileSync } from 'node:fs';

/** `lua/` stands beside `src/` and `dist/`: the path is the same from both, and the build has nothing to copy. */
const FOLDER = new URL('../lua/', import.meta.url);

/** A line of its own, as in `-- @include lib/now`. */
const INCLUDE = /^-- @include (\S+)$/gm;

/** Reads `lua/<name>.lua`, with the text of each file it includes in the place of the line. Throws where one is missing. */
export function loadScript(name: string): string {
  const text = readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8');
  return text.replace(INCLUDE, (_, included: string) => loadScript(included));
}
