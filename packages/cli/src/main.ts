#!/usr/bin/env node
import { ConfigError } from '@ardor/runtime/config';
import { AdminError } from '@ardor/store/admin/clients';
import { Command } from 'commander';
import { addClients, addPasscodes } from './commands/clients.js';
import { addMessages } from './commands/messages.js';
import { addMigrate } from './commands/migrate.js';
import { addTemplates } from './commands/templates.js';
import { loadLocalEnv } from './open-admin.js';

loadLocalEnv();
const program = new Command('ardor').description('onboard clients and templates, send and query, migrate').showHelpAfterError();
for (const add of [addMigrate, addClients, addPasscodes, addTemplates, addMessages]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  // What a person can act on is one line; anything else is a bug and shows where.
  if (error instanceof AdminError || error instanceof ConfigError || isSystemError(error)) process.stderr.write(`ardor: ${error.message}\n`);
  else console.error(error);
  process.exitCode = 1;
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('E');
}
