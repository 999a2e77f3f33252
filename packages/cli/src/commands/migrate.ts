import { seed } from '@ardor/prisma/seed';
import { readConfig } from '@ardor/runtime/config/setting-types';
import {
  databaseSettings,
  environmentSettings,
  ownerSettings,
  partitionSettings,
  rolesSettings,
} from '@ardor/runtime/config/shared-settings';
import { createPartitions } from '@ardor/store/maintenance/partitions';
import { migrate } from '@ardor/store/migrate/migrate';
import { provisionRoles } from '@ardor/store/migrate/provision-roles';
import type { Command } from 'commander';
import { migrationsFolder } from '../migrations-folder.js';
import { withDatabase, withKeys } from '../open-admin.js';
import { print } from '../print.js';

const readMigrateConfig = () =>
  readConfig({ ...databaseSettings, ...ownerSettings, ...environmentSettings, ...partitionSettings }, process.env);

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('apply the migrations that are missing, and create the partitions of the next days')
    .option('--roles', 'before that, create or update the users of MAINTENANCE_DATABASE_URL and DATABASE_URL')
    .option('--seed', 'put the demo client and template there too (not when NODE_ENV=production)')
    .option('--folder <folder>', 'the folder of the migrations')
    .action(async (options: { roles?: true; seed?: true; folder?: string }) => {
      const { databaseUrl, maintenanceDatabaseUrl: ownerUrl, nodeEnv, partitionsAheadDays } = readMigrateConfig();
      if (options.roles) {
        const { owner, app } = await provisionRoles(readConfig(rolesSettings, process.env));
        print(`${owner} owns the tables, ${app} reads and writes their rows`);
      }
      const applied = await migrate({
        databaseUrl: ownerUrl ?? databaseUrl,
        folder: options.folder ?? migrationsFolder(),
      });
      print(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to migrate');
      await withDatabase((database) => createPartitions(database).ensure(partitionsAheadDays));
      if (!options.seed) return;
      if (nodeEnv === 'production') {
        print('not seeded: the demo passcode is published and has no place in production');
        return;
      }
      // The demo message lies in a partition that only the owner can create.
      await withKeys(seed, ownerUrl);
      print('seeded the demo client and template');
    });
}
