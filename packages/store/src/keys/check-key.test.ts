import { randomBytes } from 'node:crypto';
import { createKeyring, type Keyring } from '@ardor/crypto/keyring';
import { createTestDatabase, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestMessage, insertTestMessages } from '../../test/create-test-message.js';
import { createClient } from '../clients/manage-clients.js';
import { addPasscode, revokePasscode } from '../clients/manage-passcodes.js';
import { openDatabase, type Database } from '../sql/database.js';
import { checkKey } from './check-key.js';
import { resetKeyCheck } from './reset-key-check.js';

const OTHER = 'ARDOR_MASTER_KEY is not the key of this database';
const OPENS_NOTHING = 'ARDOR_MASTER_KEY opens none of the messages that wait in this database';
const right = testKeyring();
const wrong = createKeyring(randomBytes(32).toString('base64'));

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());
beforeEach(() => db.query('TRUNCATE key_check, messages, passcodes, clients CASCADE'));

const check = (keyring: Keyring): Promise<void> => checkKey(db.database, keyring);
const rows = (): Promise<unknown[]> => db.query('SELECT value FROM key_check');
/** Messages that were sealed with the right key. */
const stored = (count: number): Promise<string[]> =>
  insertTestMessages(
    db,
    Array.from({ length: count }, () => createTestMessage()),
  );

describe('checkKey', () => {
  it('takes the key of the first process, and refuses any other without writing', async () => {
    await check(right);
    expect(await rows()).toEqual([{ value: right.checkValue() }]);
    await check(right);
    await expect(check(wrong)).rejects.toThrow(OTHER);
    await expect(check(wrong)).rejects.toMatchObject({ name: 'ConfigError' });
    expect(await rows()).toEqual([{ value: right.checkValue() }]);
  });

  it('lets one key win when processes with two keys start at once', async () => {
    const started = await Promise.allSettled([right, wrong, right, wrong].map(check));
    const [first] = (await rows()) as { value: Buffer }[];
    const winner = first?.value.equals(right.checkValue()) ? [true, false] : [false, true];
    expect(started.map(({ status }) => status === 'fulfilled')).toEqual([...winner, ...winner]);
  });

  it('proves the first key by the messages that wait already', async () => {
    await stored(2);
    await expect(check(wrong)).rejects.toThrow(OPENS_NOTHING);
    expect(await rows()).toEqual([]);
    await check(right);
    expect(await rows()).toHaveLength(1);
  });

  it('is not led astray by a damaged message beside a whole one', async () => {
    const [damaged] = await stored(2);
    await db.query(`UPDATE messages SET payload = '\\x0201' WHERE id = $1`, [damaged]);
    await check(right);
  });

  it('asks only messages that are still sealed', async () => {
    await stored(1);
    await db.query(`UPDATE messages SET status = 'sent', payload = NULL`);
    await check(wrong);
    expect(await rows()).toEqual([{ value: wrong.checkValue() }]);
  });
});

describe('resetKeyCheck', () => {
  const reset = (force = false): Promise<void> => resetKeyCheck(db.database, right, { force });
  beforeEach(() => check(wrong));

  it('replaces the key of a database in which nothing is of a key', async () => {
    await reset();
    await check(right);
    await expect(check(wrong)).rejects.toThrow(OTHER);
  });

  it('replaces it where the new key opens what waits, whatever passcodes there are', async () => {
    await createClient(db.database, { id: 'shop', name: 'shop', region: 'CN' });
    await addPasscode(db.database, right, 'shop', 'secret');
    await stored(1);
    await reset();
    await check(right);
  });

  it('refuses where the new key opens none of what waits, unless forced', async () => {
    await stored(1);
    await db.query(`UPDATE messages SET payload = set_byte(payload, 20, get_byte(payload, 20) # 1)`);
    await expect(reset()).rejects.toThrow('this key opens none of the messages that wait');
    await check(wrong);
    await reset(true);
    await check(right);
  });

  it('refuses where nothing proves the key of a valid passcode, unless forced', async () => {
    await createClient(db.database, { id: 'shop', name: 'shop', region: 'CN' });
    const id = await addPasscode(db.database, right, 'shop', 'secret');
    await expect(reset()).rejects.toThrow('nothing here proves that the 1 valid passcodes are of this key');
    await check(wrong);
    await revokePasscode(db.database, id);
    await reset();
    await check(right);
  });
});
