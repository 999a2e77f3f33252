import ignore from '@balena/dockerignore';
import { describe, expect, it } from '@jest/globals';
import { readRoot } from './testing/read.js';

const rules = ignore.default().add(readRoot('.dockerignore'));

describe('the build context', () => {
  it.each([
    '.npmrc',
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'prisma.config.ts',
    'prisma/migrations/20261123000000_init/migration.sql',
    'prisma/schema.prisma',
    'prisma/package.json',
    'tsconfig.base.json',
    'packages/store/src/database.ts',
    'services/ingress/package.json',
    'services/worker/src/main.ts',
  ])('has %s', (path) => {
    expect(rules.ignores(path)).toBe(false);
  });

  it.each([
    '.env',
    '.env.production',
    'docker/.env',
    'services/ingress/.env',
    '.ardor/master-key',
    'packages/cli/.ardor/env',
    '.git/config',
    'backup.sql',
    'node_modules/.bin/tsc',
    'services/worker/node_modules/bullmq/package.json',
    'services/worker/dist/main.js',
    'packages/store/src/generated/client.ts',
    'services/ingress/src/app.test.ts',
  ])('has no %s', (path) => {
    expect(rules.ignores(path)).toBe(true);
  });
});
