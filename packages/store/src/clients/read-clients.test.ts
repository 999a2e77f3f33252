import { createTestDatabase, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openDatabase, type Database } from '../sql/database.js';
import { grantTemplate, putTemplate, revokeTemplate } from '../templates/manage-templates.js';
import { setClientDestinations } from './client-destinations.js';
import { createClient, setClientDisabled } from './manage-clients.js';
import { addPasscode, revokePasscode } from './manage-passcodes.js';
import { createReadClients, type ClientChanges, type ReadClients } from './read-clients.js';

const keyring = testKeyring();

let db: TestDatabase<Database>;
let read: ReadClients;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
  read = createReadClients(db.database);
  await putTemplate(db.database, { id: 't1', body: 'hello', lane: 'otp', validitySeconds: 60, onUnknown: 'wait' });
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.query('TRUNCATE clients, passcodes, template_grants');
  await db.query('DELETE FROM client_changes');
  for (const id of ['shop', 'bank']) await createClient(db.database, { id, name: id, region: 'CN' });
});

const idsOf = ({ clients }: ClientChanges): string[] => clients.map(({ id }) => id);

describe('the clients that changed', () => {
  it('are all of them at first, and none where nothing changed since', async () => {
    const all = await read(0);
    expect(idsOf(all)).toEqual(['shop', 'bank']);
    expect(all).toMatchObject({ more: false, last: all.latest });
    expect(await read(all.last)).toEqual({ clients: [], more: false, last: all.last, latest: all.last });
  });

  it('are those with a change of any part of their record, and no other', async () => {
    let { last } = await read(0);
    let passcode = '';
    const changes: readonly (() => Promise<unknown>)[] = [
      async () => (passcode = await addPasscode(db.database, keyring, 'shop', 'a')),
      () => grantTemplate(db.database, 'shop', 't1'),
      () => revokePasscode(db.database, passcode),
      () => revokeTemplate(db.database, 'shop', 't1'),
      () => setClientDisabled(db.database, 'shop', true),
      () => db.query(`DELETE FROM passcodes WHERE client_id = 'shop'`),
      () => setClientDestinations(db.database, 'shop', { countries: ['HK'] }),
      () => setClientDestinations(db.database, 'shop', { prefixes: ['+852'] }),
      () => db.query(`UPDATE clients SET region = 'US' WHERE id = 'shop'`),
    ];
    for (const change of changes) {
      await change();
      const changed = await read(last);
      expect(idsOf(changed)).toEqual(['shop']);
      expect(changed.last).toBeGreaterThan(last);
      ({ last } = changed);
    }
  });

  it('have no record once they are deleted, and change with a table that is emptied', async () => {
    const { last } = await read(0);
    await db.query(`DELETE FROM clients WHERE id = 'shop'`);
    const deleted = await read(last);
    expect(deleted.clients).toEqual([{ id: 'shop', record: undefined }]);
    await db.query('TRUNCATE template_grants');
    expect(new Set(idsOf(await read(deleted.last)))).toEqual(new Set(['shop', 'bank']));
  });

  it('come in pages, each where the one before ended', async () => {
    const inPages = createReadClients(db.database, 2);
    await createClient(db.database, { id: 'cafe', name: 'cafe', region: 'CN' });
    const first = await inPages(0);
    const second = await inPages(first.last);
    expect([idsOf(first), first.more]).toEqual([['shop', 'bank'], true]);
    expect([idsOf(second), second.more]).toEqual([['cafe'], false]);
  });

  it('are seen in the order of their commits: a later number never before an earlier one', async () => {
    const { last } = await read(0);
    const slow = new pg.Client({ connectionString: db.url });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(`UPDATE clients SET name = 'slow' WHERE id = 'shop'`);
    const later = setClientDisabled(db.database, 'bank', true);
    expect(idsOf(await read(last))).toEqual([]);
    await slow.query('COMMIT');
    await slow.end();
    await later;
    expect(idsOf(await read(last))).toEqual(['shop', 'bank']);
  });
});
