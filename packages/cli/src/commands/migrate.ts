import { seed } from '@ardor/prisma/seed';
import { readConfig } from '@ardor/runtime/config/setting-types';
import { partitionSettings } from '@ardor/runtime/config/shared-settings';
import { createPartitions } from '@ardor/store/maintenance/partitions';
import { migrate } from '@ardor/store/migrate/migrate';
import type { Command } from 'commander';
import { migrationsFolder } from '../migrations-folder.js';
import { readDatabaseConfig, withDatabase, withKeys } from '../open-admin.js';
import { print } from '../print.js';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('apply the migrations that are missing, and create the partitions of the next days')
    .option('--seed', 'put the demo client and template there too (not when NODE_ENV=production)')
    .option('--folder <folder>', 'the folder of the migrations')
    .action(async (options: { seed?: true; folder?: string }) => {
      const { databaseUrl, nodeEnv } = readDatabaseConfig();
      const { partitionsAheadDays } = readConfig(partitionSettings, process.env);
      const applied = await migrate({ databaseUrl, folder: options.folder ?? migrationsFolder() });
      print(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to migrate');
      await withDatabase((database) => createPartitions(database).ensure(partitionsAheadDays));
      if (!options.seed) return;
      if (nodeEnv === 'production') {
        print('not seeded: the demo passcode is published and has no place in production');
        return;
      }
      await withKeys(seed);
      print('seeded the demo client and template');
    });
}
