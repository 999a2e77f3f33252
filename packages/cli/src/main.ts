#!/usr/bin/env node
import { ConfigError } from '@ardor/runtime/config/setting-types';
import { AdminError } from '@ardor/store/clients/manage-clients';
import { StoreError } from '@ardor/store/sql/store-error';
import { MigrationError } from '@ardor/store/migrate/migration-error';
import { Command } from 'commander';
import { addClients, addPasscodes } from './commands/clients.js';
import { addErase } from './commands/erase.js';
import { addKey } from './commands/key.js';
import { addMessages } from './commands/messages.js';
import { addMigrate } from './commands/migrate.js';
import { addSmoke, SmokeError } from './commands/smoke.js';
import { addSuppress } from './commands/suppressions.js';
import { addTemplates } from './commands/templates.js';
import { loadLocalEnv } from './open-admin.js';

loadLocalEnv();
const program = new Command('ardor')
  .description('onboard clients and templates, send and query, migrate')
  .showHelpAfterError();
const commands = [
  addMigrate,
  addClients,
  addPasscodes,
  addTemplates,
  addSuppress,
  addErase,
  addKey,
  addMessages,
  addSmoke,
];
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  // An expected error is one line that a person can act on. Anything else is a bug and prints its stack.
  const line = explain(error);
  if (line === undefined) console.error(error);
  else process.stderr.write(`ardor: ${line}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}

function explain(error: unknown): string | undefined {
  if (error instanceof AdminError || error instanceof ConfigError || error instanceof MigrationError)
    return error.message;
  if (error instanceof SmokeError) return error.message;
  if (error instanceof StoreError) return error.operational ? error.message : undefined;
  // An error about several addresses has no message, only a code.
  return isSystemError(error) ? error.message || error.code : undefined;
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('E');
}
