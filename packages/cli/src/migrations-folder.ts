import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Finds prisma/migrations beside this file or above it. Its depth differs between a checkout and an image. */
export function migrationsFolder(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, 'prisma', 'migrations');
    if (existsSync(folder)) return folder;
  }
  throw new Error('prisma/migrations is nowhere above this program; name it with --folder');
}
