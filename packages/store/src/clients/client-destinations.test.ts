import { createTestDatabase, type TestDatabase } from '@ardor/testkit/fixtures';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '../sql/database.js';
import { MAX_PREFIXES, setClientDestinations } from './client-destinations.js';
import { createClient } from './manage-clients.js';
import { createReadClients } from './read-clients.js';

let db: TestDatabase<Database>;
beforeAll(async () => {
  db = await createTestDatabase(openDatabase);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.query('TRUNCATE clients, passcodes, template_grants');
  await createClient(db.database, { id: 'shop', name: 'shop', region: 'CN' });
});

const set = (given: Parameters<typeof setClientDestinations>[2]) => setClientDestinations(db.database, 'shop', given);

/** What an ingress would have. */
async function read(id = 'shop'): Promise<unknown> {
  const { clients } = await createReadClients(db.database)(0);
  const destinations = clients.find((client) => client.id === id)?.record?.destinations;
  return destinations && { ...destinations, countries: [...destinations.countries] };
}

const prefixes = (count: number): string[] => Array.from({ length: count }, (_, n) => `+86${1000 + n}`);

describe('where a client may send', () => {
  it('is its region and every number of it, until it is set', async () => {
    expect(await set({})).toEqual({ countries: ['CN'], prefixes: [] });
    expect(await read()).toEqual({ anyCountry: false, countries: ['CN'], prefixes: [] });
  });

  it('is set and taken back, one without the other, and once each', async () => {
    expect(await set({ countries: ['HK', 'CN', 'HK'] })).toEqual({ countries: ['HK', 'CN'], prefixes: [] });
    expect(await set({ prefixes: ['+8613', '+8613'] })).toEqual({ countries: ['HK', 'CN'], prefixes: ['+8613'] });
    expect(await read()).toEqual({ anyCountry: false, countries: ['HK', 'CN'], prefixes: ['+8613'] });
    expect(await set({ countries: [] })).toEqual({ countries: ['CN'], prefixes: ['+8613'] });
    expect(await set({ prefixes: [] })).toEqual({ countries: ['CN'], prefixes: [] });
  });

  it('is given with a new client', async () => {
    await createClient(db.database, { id: 'bank', name: 'bank', region: 'CN', countries: ['any', '+881'] });
    expect(await read('bank')).toEqual({ anyCountry: true, countries: ['any', '+881'], prefixes: [] });
  });

  it(`has ${MAX_PREFIXES} prefixes at most, in the table too`, async () => {
    await set({ prefixes: prefixes(MAX_PREFIXES) });
    await expect(set({ prefixes: prefixes(MAX_PREFIXES + 1) })).rejects.toThrow(
      '101 prefixes are given; 100 are allowed',
    );
    const bypass = db.query(`UPDATE clients SET prefixes = $1 WHERE id = 'shop'`, [prefixes(MAX_PREFIXES + 1)]);
    await expect(bypass).rejects.toThrow('clients_prefixes_check');
    expect((await set({})).prefixes).toHaveLength(MAX_PREFIXES);
  });

  it('cannot be set for an unknown client', async () => {
    await expect(setClientDestinations(db.database, 'bank', {})).rejects.toThrow('there is no client bank');
  });
});
