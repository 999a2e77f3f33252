import { randomBytes } from 'node:crypto';
import { createReadClients, type ClientRecord } from '@ardor/store/clients/read-clients';
import { testKeyring } from '@ardor/testkit/fixtures';
import { freePort } from '@ardor/testkit/free-port';
import { describe, expect, it } from '@jest/globals';
import { ardorOfTest } from '../../test/create-test-cli.js';

const { db, ardor, done, refused, misconfigured, list } = ardorOfTest();

/** The record that an ingress would have. */
async function findClient(id: string): Promise<ClientRecord | undefined> {
  const { clients } = await createReadClients(db().database)(0);
  return clients.find((client) => client.id === id)?.record;
}

describe('ardor client', () => {
  it('creates, disables, enables and lists', async () => {
    expect(await done('client', 'create', 'shop', '--name', 'A shop', '--region', 'US')).toContain(
      'created client shop (US)',
    );
    await done('client', 'create', 'bank');
    expect(await list('client')).toMatchObject([
      { id: 'bank', name: 'bank', region: 'CN', disabled: false },
      { id: 'shop', name: 'A shop', region: 'US', disabled: false },
    ]);
    await done('client', 'disable', 'shop');
    expect((await findClient('shop'))?.disabled).toBe(true);
    await done('client', 'enable', 'shop');
    expect((await findClient('shop'))?.disabled).toBe(false);
  });

  it('says what is wrong', async () => {
    await done('client', 'create', 'shop');
    expect(await refused(['client', 'create', 'shop'])).toBe('ardor: client shop exists already');
    expect(await refused(['client', 'disable', 'bank'])).toBe('ardor: there is no client bank');
  });
});

describe('ardor client quota', () => {
  const DEFAULTS = {
    sendsPerSecond: 'default',
    sendsPerDay: 'default',
    queriesPerSecond: 'default',
    countryCapFloor: 'default',
  };
  const quota = async (...options: string[]): Promise<unknown> =>
    JSON.parse(await done('client', 'quota', 'shop', ...options));

  it('sets what it is given, keeps the rest, and shows all', async () => {
    await done('client', 'create', 'shop');
    expect(await quota()).toEqual(DEFAULTS);
    await quota('--per-second', '200', '--per-day', '50000', '--queries-per-second', '100', '--country-cap', '2000');
    const changed = { sendsPerSecond: 200, sendsPerDay: 'none', queriesPerSecond: 'default', countryCapFloor: 'none' };
    expect(await quota('--per-day', 'none', '--queries-per-second', 'default', '--country-cap', 'none')).toEqual(
      changed,
    );
    expect((await findClient('shop'))?.limits).toEqual(changed);
  });

  it.each(['0', '-1', '1.5', '1000000001', 'all'])('refuses %s', async (limit) => {
    await done('client', 'create', 'shop');
    expect((await ardor(['client', 'quota', 'shop', '--per-day', limit])).err).toContain('A whole number from 1 on');
    expect(await quota()).toEqual(DEFAULTS);
  });

  it('says that there is no such client', async () => {
    expect(await refused(['client', 'quota', 'bank'])).toBe('ardor: there is no client bank');
  });
});

describe('ardor client countries and prefixes', () => {
  const shown = async (...args: string[]): Promise<unknown> => JSON.parse(await done('client', ...args));

  it('set where a client may send, and show it', async () => {
    await done('client', 'create', 'shop');
    expect(await shown('countries', 'shop')).toEqual({ countries: ['CN'], prefixes: [] });
    await shown('countries', 'shop', 'CN', 'HK', '+881');
    const both = { countries: ['CN', 'HK', '+881'], prefixes: ['+8613', '+852'] };
    expect(await shown('prefixes', 'shop', '+8613', '+852')).toEqual(both);
    expect(await list('client')).toMatchObject([both]);
    expect(await shown('countries', 'shop', 'any')).toMatchObject({ countries: ['any'] });
    expect(await shown('countries', 'shop', 'default')).toMatchObject({ countries: ['CN'] });
    expect(await shown('prefixes', 'shop', 'any')).toEqual({ countries: ['CN'], prefixes: [] });
  });

  it('are given to a new client', async () => {
    await done('client', 'create', 'shop', '--countries', 'HK', 'CN', '--region', 'US');
    expect(await list('client')).toMatchObject([{ region: 'US', countries: ['HK', 'CN'] }]);
  });

  it.each([
    [['countries', 'shop', 'hk'], 'hk is no country'],
    [['countries', 'shop', '+86'], '+86 is no country'],
    [['countries', 'shop', 'CN', 'default'], 'default is no country'],
    [['prefixes', 'shop', '8613'], '8613 is no prefix'],
    [['prefixes', 'shop', '+0'], '+0 is no prefix'],
    [['prefixes', 'shop', '+1234567890123456'], '+1234567890123456 is no prefix'],
    [['prefixes', 'shop', '+86', 'any'], 'any is no prefix'],
    [['create', 'bank', '--countries', 'XX'], 'XX is no country'],
    [['countries', 'bank', 'CN'], 'there is no client bank'],
  ])('%j is refused', async (args, problem) => {
    await done('client', 'create', 'shop');
    expect(await refused(['client', ...args])).toContain(`ardor: ${problem}`);
    expect(await list('client')).toMatchObject([{ id: 'shop', countries: ['CN'], prefixes: [] }]);
  });

  it('take a prefix as long as a number', async () => {
    await done('client', 'create', 'shop');
    expect(await shown('prefixes', 'shop', '+123456789012345')).toMatchObject({ prefixes: ['+123456789012345'] });
  });
});

describe('ardor passcode', () => {
  it('is shown when it is issued, is kept as a MAC only, and can be revoked', async () => {
    await done('client', 'create', 'shop');
    const said = await done('passcode', 'issue', 'shop');
    const [, id = '', secret = ''] = /^passcode (\w+) of shop, shown only now:\n(\S+)\n$/.exec(said) ?? [];
    expect(secret).toMatch(/^ARDOR(-[0-9A-Z]{5}){6}$/);
    expect((await findClient('shop'))?.passcodeMacs).toEqual([
      testKeyring().passcodeMac('shop', secret).toString('hex'),
    ]);
    const [dump] = await db().query<{ text: string }>(
      `SELECT (SELECT string_agg(p::text, ' ') FROM passcodes p) || (SELECT string_agg(c::text, ' ') FROM clients c) AS text`,
    );
    for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
      expect(dump?.text).not.toContain(form);
    }
    expect(await done('client', 'list')).not.toContain(secret);
    expect(await list('client')).toMatchObject([{ passcodes: [id] }]);

    await done('passcode', 'revoke', id);
    expect(await list('client')).toMatchObject([{ passcodes: [] }]);
    expect(await refused(['passcode', 'revoke', id])).toBe(`ardor: there is no valid passcode ${id}`);
  });

  it('needs a client, and the key', async () => {
    expect(await refused(['passcode', 'issue', 'bank'])).toBe('ardor: there is no client bank');
    expect(await misconfigured(['passcode', 'issue', 'bank'], { ARDOR_MASTER_KEY: 'short' })).toEqual([
      'ARDOR_MASTER_KEY is missing or malformed',
    ]);
  });

  it('is not made with another key than the others', async () => {
    await done('client', 'create', 'shop');
    await done('passcode', 'issue', 'shop');
    const another = { ARDOR_MASTER_KEY: randomBytes(32).toString('base64') };
    const refusal = 'ARDOR_MASTER_KEY is not the key of this database';
    expect((await misconfigured(['passcode', 'issue', 'shop'], another))[0]).toContain(refusal);
    const seeding = await ardor(['migrate', '--seed'], another);
    expect({ code: seeding.code, out: seeding.out }).toEqual({ code: 2, out: 'nothing to migrate\n' });
    expect(seeding.err).toContain(refusal);
    expect(await list('client')).toMatchObject([{ id: 'shop', passcodes: [expect.any(String)] }]);
  });
});

describe('ardor key reset', () => {
  it('gives a database another key, and only when forced where passcodes are of the old one', async () => {
    await done('client', 'create', 'shop');
    await done('passcode', 'issue', 'shop');
    const another = { ARDOR_MASTER_KEY: randomBytes(32).toString('base64') };
    expect(await refused(['key', 'reset'], another)).toBe(
      'ardor: nothing here proves that the 1 valid passcodes are of this key; with --force those of another key get 401',
    );
    expect(await ardor(['key', 'reset', '--force'], another)).toMatchObject({ code: 0, err: '' });
    expect(await ardor(['passcode', 'issue', 'shop'], another)).toMatchObject({ code: 0, err: '' });
    expect(await misconfigured(['passcode', 'issue', 'shop'], {})).toHaveLength(1);
  });
});

describe('ardor template', () => {
  it('puts, grants, takes back and lists', async () => {
    await done('client', 'create', 'shop');
    await done('template', 'put', 't1', 'code ${code}');
    await done('template', 'put', 't2', 'hello', '--lane', 'bulk', '--validity', '3600', '--on-unknown', 'resend');
    await done('template', 'put', 't1', 'pin ${pin}');
    expect(await list('template')).toEqual([
      { id: 't1', body: 'pin ${pin}', lane: 'otp', validitySeconds: 300, onUnknown: 'wait', placeholders: {} },
      { id: 't2', body: 'hello', lane: 'bulk', validitySeconds: 3_600, onUnknown: 'resend', placeholders: {} },
    ]);
    await done('template', 'grant', 'shop', 't1');
    await done('template', 'grant', 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set(['t1']));
    await done('template', 'ungrant', 'shop', 't1');
    expect((await findClient('shop'))?.grants).toEqual(new Set());
  });

  it.each([
    ['', 'the body is empty'],
    ['code ${1}', 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most'],
    ['code ${code', 'a placeholder is ${name}: a letter or _, then letters, digits or _, 32 at most'],
    ['${p2} ${p1}', 'placeholder p2 stands in another place than its name says'],
  ])('refuses the body %j', async (body, problem) => {
    expect(await refused(['template', 'put', 't1', body])).toBe(`ardor: template t1: ${problem}`);
    expect(await list('template')).toEqual([]);
  });

  it('keeps what a placeholder may be, until it is put again', async () => {
    await done(
      'template',
      'put',
      't1',
      '${code} ${name}',
      '--placeholder',
      'code=digits{4,8}',
      '--placeholder',
      'name=text{20}',
    );
    expect(await list('template')).toMatchObject([{ placeholders: { code: 'digits{4,8}', name: 'text{20}' } }]);
    await done('template', 'put', 't1', '${code} ${name}');
    expect(await list('template')).toMatchObject([{ placeholders: {} }]);
    expect(await refused(['template', 'put', 't1', '${code}', '--placeholder', 'pin=digits'])).toBe(
      'ardor: template t1: there is no placeholder pin',
    );
    expect(await refused(['template', 'put', 't1', '${code}', '--placeholder', 'code=number'])).toBe(
      'ardor: template t1: placeholder code: a rule is digits, text or any, with {most} or {least,most} characters',
    );
  });

  it('is granted only where both exist', async () => {
    expect(await refused(['template', 'grant', 'shop', 't1'])).toBe('ardor: there is no client shop');
    await done('client', 'create', 'shop');
    expect(await refused(['template', 'grant', 'shop', 't1'])).toBe('ardor: there is no template t1');
  });
});

describe('ardor send', () => {
  it('ends with one line where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await refused(['send', '13800138000', 't1', 'p1=4711', '--url', url])).toMatch(
      /^ardor: connect ECONNREFUSED/,
    );
  });
});
