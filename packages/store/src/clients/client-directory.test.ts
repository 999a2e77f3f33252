import { createTestDatabase, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../sql/database.js';
import { createClientDirectory, type ClientDirectory } from './client-directory.js';
import { createClient, setClientDisabled } from './manage-clients.js';
import { addPasscode, revokePasscode } from './manage-passcodes.js';
import { createReadClients } from './read-clients.js';

const keyring = testKeyring();
const MAX_AGE_MS = 5_000;

let db: TestDatabase<Database>;
let clock: number;
let reads: number;
let held: Promise<void> | undefined;
let directory: ClientDirectory;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.query('TRUNCATE clients, passcodes, template_grants, client_changes');
  clock = 0;
  reads = 0;
  held = undefined;
  directory = newDirectory();
});

function newDirectory(page?: number): ClientDirectory {
  const read = createReadClients(db.database, page);
  const readClients: typeof read = async (after) => {
    reads++;
    const changes = await read(after);
    await held;
    return changes;
  };
  return createClientDirectory({ readClients, maxAgeMs: MAX_AGE_MS, now: () => clock });
}

const macOf = (id: string, passcode: string): string => keyring.passcodeMac(id, passcode).toString('hex');
const idOf = (id: string, passcode: string): string | undefined => directory.findByPasscodeMac(macOf(id, passcode))?.id;
const create = (id: string): Promise<void> => createClient(db.database, { id, name: id, region: 'CN' });

describe('the client directory', () => {
  it('finds a client by each of its passcodes, and follows every change', async () => {
    await create('shop');
    const old = await addPasscode(db.database, keyring, 'shop', 'old');
    await addPasscode(db.database, keyring, 'shop', 'new');
    await directory.refresh();
    expect([idOf('shop', 'old'), idOf('shop', 'new'), idOf('bank', 'old')]).toEqual(['shop', 'shop', undefined]);
    await revokePasscode(db.database, old);
    await setClientDisabled(db.database, 'shop', true);
    await directory.refresh();
    expect([idOf('shop', 'old'), idOf('shop', 'new')]).toEqual([undefined, 'shop']);
    expect(directory.findById('shop')?.disabled).toBe(true);
    await db.query('TRUNCATE passcodes, clients, template_grants');
    await directory.refresh();
    expect([idOf('shop', 'new'), directory.findById('shop')]).toEqual([undefined, undefined]);
  });

  it('has a version that grows with a change, and with nothing else', async () => {
    await create('shop');
    await directory.refresh();
    const { version } = directory;
    await directory.refresh();
    expect(directory.version).toBe(version);
    await create('bank');
    await directory.refresh();
    expect(directory.version).toBeGreaterThan(version);
  });

  it('reads all pages', async () => {
    directory = newDirectory(2);
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await create(id);
    await directory.refresh();
    expect(ids.map((id) => directory.findById(id)?.id)).toEqual(ids);
  });

  it('reads everything again when the database has lost changes', async () => {
    for (const id of ['shop', 'bank']) await create(id);
    await directory.refresh();
    await db.query(`ALTER TABLE clients DISABLE TRIGGER USER`);
    await db.query(`DELETE FROM clients WHERE id = 'bank'`);
    await db.query(`ALTER TABLE clients ENABLE TRIGGER USER`);
    await db.query(`DELETE FROM client_changes WHERE client_id = 'bank'`);
    await directory.refresh();
    expect([directory.findById('shop')?.id, directory.findById('bank')]).toEqual(['shop', undefined]);
  });

  it('is fresh until its records are as old as they may be', async () => {
    await directory.refresh();
    clock = MAX_AGE_MS;
    expect(directory.waitUntilFresh()).toBeUndefined();
    clock = MAX_AGE_MS + 1;
    await create('shop');
    const [one, other] = [directory.waitUntilFresh(), directory.waitUntilFresh()];
    expect([one, other]).not.toContain(undefined);
    await one;
    await other;
    expect([directory.findById('shop')?.id, reads]).toEqual(['shop', 2]);
    expect(directory.waitUntilFresh()).toBeUndefined();
  });

  it('does not take a read for fresh that began too early', async () => {
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    const early = directory.refresh();
    clock = MAX_AGE_MS + 1;
    await create('shop');
    const waiting = directory.waitUntilFresh();
    release();
    await Promise.all([early, waiting]);
    expect(reads).toBe(2);
    expect(directory.findById('shop')?.id).toBe('shop');
  });

  it('fails those who wait when it cannot be read, and keeps what it has', async () => {
    await create('shop');
    await directory.refresh();
    clock = MAX_AGE_MS + 1;
    held = Promise.reject(new Error('no database'));
    await expect(directory.waitUntilFresh()).rejects.toThrow('no database');
    held = undefined;
    expect(directory.findById('shop')?.id).toBe('shop');
    await directory.waitUntilFresh();
    expect(directory.waitUntilFresh()).toBeUndefined();
  });
});
