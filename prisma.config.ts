import { existsSync } from 'node:fs';
import { defineConfig } from 'prisma/config';

// Every Prisma command looks for its schema-engine binary first and downloads it when it is missing. `generate` and
// `validate` never run it, so any existing file passes the check. The install then needs no host but the npm registry.
// `ardor migrate` applies the migrations (docs/adr/0003).
if (!process.env['PRISMA_SCHEMA_ENGINE_BINARY'] && existsSync(process.execPath)) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] = process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/ardor' },
});
