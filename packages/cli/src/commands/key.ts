import { resetKeyCheck } from '@ardor/store/keys/reset-key-check';
import type { Command } from 'commander';
import { readKeyring, withDatabase } from '../open-admin.js';
import { print } from '../print.js';

/** `ardor key …` */
export function addKey(program: Command): void {
  program
    .command('key')
    .description('the key that the database was written with')
    .command('reset')
    .description('make ARDOR_MASTER_KEY the key of this database; stop all services before')
    .option('--force', 'also where waiting messages or passcodes are of another key')
    .action(({ force = false }: { force?: boolean }) => {
      const keyring = readKeyring();
      return withDatabase(async (database) => {
        await resetKeyCheck(database, keyring, { force });
        print('ARDOR_MASTER_KEY is the key of this database now');
      });
    });
}
