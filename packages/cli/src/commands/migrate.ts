import { seed } from '@ardor/prisma/seed';
import { migrate } from '@ardor/store/migrate/migrate';
import type { Command } from 'commander';
import { migrationsFolder } from '../migrations-folder.js';
import { readDatabaseConfig, withKeys } from '../open-admin.js';
import { print } from '../print.js';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('apply the migrations that are missing')
    .option('--seed', 'put the demo client and template there too (not when NODE_ENV=production)')
    .option('--folder <folder>', 'the folder of the migrations')
    .action(async (options: { seed?: true; folder?: string }) => {
      const { databaseUrl, nodeEnv } = readDatabaseConfig();
      const applied = await migrate({ databaseUrl, folder: options.folder ?? migrationsFolder() });
      print(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to migrate');
      if (!options.seed) return;
      if (nodeEnv === 'production') {
        print('not seeded: the demo passcode is published and has no place in production');
        return;
      }
      await withKeys(seed);
      print('seeded the demo client and template');
    });
}
