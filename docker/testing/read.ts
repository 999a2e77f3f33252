import { readFileSync } from 'node:fs';

/** A file of the checkout, by its path from the root. */
export const readRoot = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
