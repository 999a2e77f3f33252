import { createTestDatabase, testKeyring, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../sql/database.js';
import { createReadClients, type ClientRecord } from './read-clients.js';
import { createFindTemplate } from '../templates/find-template.js';
import { AdminError, createClient, listClients, setClientDisabled } from './manage-clients.js';
import { addPasscode, revokePasscode } from './manage-passcodes.js';
import {
  grantTemplate,
  listTemplates,
  putTemplate,
  revokeTemplate,
  type TemplateInput,
} from '../templates/manage-templates.js';

const keyring = testKeyring();
const SHOP = { id: 'shop', name: 'A shop', region: 'CN' };
const CODE: TemplateInput = { id: 't1', body: 'code ${code}', lane: 'otp', validitySeconds: 60, onUnknown: 'wait' };
const SECRET = 'ARDOR-TESTS-SECRET-PASSCODE';

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());
beforeEach(() => db.query('TRUNCATE clients, templates, passcodes, template_grants'));

/** The record that an ingress would have. */
async function findClient(id: string): Promise<ClientRecord | undefined> {
  const { clients } = await createReadClients(db.database)(0);
  return clients.find((client) => client.id === id)?.record;
}

async function refused(work: Promise<unknown>, message: string): Promise<void> {
  await expect(work).rejects.toThrow(new AdminError(message));
  await expect(work).rejects.toBeInstanceOf(AdminError);
}

describe('clients', () => {
  it('are found once created, with nothing granted', async () => {
    await createClient(db.database, SHOP);
    expect(await findClient('shop')).toEqual({
      id: 'shop',
      region: 'CN',
      disabled: false,
      passcodeMacs: [],
      grants: new Set(),
      limits: {
        sendsPerSecond: 'default',
        sendsPerDay: 'default',
        queriesPerSecond: 'default',
        countryCapFloor: 'default',
      },
      destinations: { anyCountry: false, countries: new Set(['CN']), prefixes: [] },
    });
    expect(await findClient('bank')).toBeUndefined();
  });

  it('are created once', async () => {
    await createClient(db.database, SHOP);
    await refused(createClient(db.database, { ...SHOP, name: 'Another' }), 'client shop exists already');
    expect((await listClients(db.database))[0]?.name).toBe('A shop');
  });

  it('are disabled and enabled', async () => {
    await createClient(db.database, SHOP);
    await setClientDisabled(db.database, 'shop', true);
    expect((await findClient('shop'))?.disabled).toBe(true);
    await setClientDisabled(db.database, 'shop', false);
    expect((await findClient('shop'))?.disabled).toBe(false);
    await refused(setClientDisabled(db.database, 'bank', true), 'there is no client bank');
  });

  it('are listed by id, with their templates and valid passcodes', async () => {
    await createClient(db.database, SHOP);
    await createClient(db.database, { id: 'bank', name: 'A bank', region: 'US' });
    await putTemplate(db.database, CODE);
    await grantTemplate(db.database, 'shop', 't1');
    const valid = await addPasscode(db.database, keyring, 'shop', SECRET);
    await revokePasscode(db.database, await addPasscode(db.database, keyring, 'shop', 'another'));
    const usual = { prefixes: [], disabled: false, templates: [], passcodes: [] };
    expect(await listClients(db.database)).toEqual([
      { ...usual, id: 'bank', name: 'A bank', region: 'US', countries: ['US'] },
      { ...usual, ...SHOP, countries: ['CN'], templates: ['t1'], passcodes: [valid] },
    ]);
  });
});

describe('passcodes', () => {
  it('are stored only as a MAC, which is different for each client', async () => {
    await createClient(db.database, SHOP);
    await addPasscode(db.database, keyring, 'shop', SECRET);
    expect((await findClient('shop'))?.passcodeMacs).toEqual([keyring.passcodeMac('shop', SECRET).toString('hex')]);
    const [dump] = await db.query<{ text: string }>('SELECT string_agg(p::text, chr(10)) AS text FROM passcodes p');
    expect(dump?.text).not.toContain(SECRET);
    expect(dump?.text).not.toContain(Buffer.from(SECRET).toString('hex'));
  });

  it('may be several, and are revoked one by one', async () => {
    await createClient(db.database, SHOP);
    const first = await addPasscode(db.database, keyring, 'shop', 'first');
    await addPasscode(db.database, keyring, 'shop', 'second');
    await revokePasscode(db.database, first);
    expect((await findClient('shop'))?.passcodeMacs).toEqual([keyring.passcodeMac('shop', 'second').toString('hex')]);
    await refused(revokePasscode(db.database, first), `there is no valid passcode ${first}`);
  });

  it('are refused for an unknown client', async () => {
    await refused(addPasscode(db.database, keyring, 'bank', SECRET), 'there is no client bank');
    await refused(revokePasscode(db.database, '00000000'), 'there is no valid passcode 00000000');
  });
});

describe('templates', () => {
  it('are created, found and replaced', async () => {
    await putTemplate(db.database, CODE);
    const find = createFindTemplate(db.database);
    expect(await find('t1')).toMatchObject({
      id: 't1',
      lane: 'otp',
      validitySeconds: 60,
      onUnknown: 'wait',
      template: { names: ['code'] },
    });
    await putTemplate(db.database, {
      ...CODE,
      body: 'pin ${pin}',
      lane: 'bulk',
      validitySeconds: 604_800,
      onUnknown: 'resend',
    });
    expect(await find('t1')).toMatchObject({
      lane: 'bulk',
      validitySeconds: 604_800,
      onUnknown: 'resend',
      template: { names: ['pin'] },
    });
    expect(await listTemplates(db.database)).toHaveLength(1);
    expect(await find('t2')).toBeUndefined();
  });

  it.each([
    ['', 'the body is empty'],
    [' \n', 'the body is empty'],
    ['code ${1}', 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most'],
    ['${p2}', 'placeholder p2 stands in another place than its name says'],
    ['a\0b', 'the body has characters that no text message can carry'],
  ])('with the body %j are refused', async (body, problem) => {
    await refused(putTemplate(db.database, { ...CODE, body }), `template t1: ${problem}`);
    expect(await listTemplates(db.database)).toEqual([]);
  });

  it.each([0, -1, 604_801])('are not valid for %d seconds', async (validitySeconds) => {
    await expect(putTemplate(db.database, { ...CODE, validitySeconds })).rejects.toThrow();
    expect(await listTemplates(db.database)).toEqual([]);
  });

  it('are granted and taken back, and repeating it is no error', async () => {
    await createClient(db.database, SHOP);
    await putTemplate(db.database, CODE);
    await grantTemplate(db.database, 'shop', 't1');
    await grantTemplate(db.database, 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set(['t1']));
    await revokeTemplate(db.database, 'shop', 't1');
    await revokeTemplate(db.database, 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set());
  });

  it('are granted only when client and template exist', async () => {
    await refused(grantTemplate(db.database, 'shop', 't1'), 'there is no client shop');
    await createClient(db.database, SHOP);
    await refused(grantTemplate(db.database, 'shop', 't1'), 'there is no template t1');
  });
});
