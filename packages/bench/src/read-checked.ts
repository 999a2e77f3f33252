import { readFileSync } from 'node:fs';

/** What `parse` makes of a file. Throws, with the file's name, when it is missing or is not as `parse` wants it. */
export function readChecked<T>(file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
