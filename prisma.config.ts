import { existsSync } from 'node:fs';
import { defineConfig } from 'prisma/config';

// Every Prisma command first looks for its schema-engine binary, and downloads it where it is missing.
// `generate` and `validate` never run it, so any existing file satisfies the check and the install needs no
// host beyond the npm registry. Migrations are applied by `ardor migrate` (docs/adr/0003).
if (!process.env['PRISMA_SCHEMA_ENGINE_BINARY'] && existsSync(process.execPath)) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] = process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/ardor' },
});
