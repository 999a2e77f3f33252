import { randomUUID } from 'node:crypto';
import { createUuid7 } from '@ardor/domain/message/uuid7';
import { testKeyring } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { ardorOfTest } from '../../test/create-test-cli.js';

const { db, ardor, done, refused, misconfigured } = ardorOfTest();
const PHONE = '+8613800138000';
const nextId = createUuid7();

async function put(phone: string, status = 'delivered', age = 61): Promise<void> {
  await db().query(
    `INSERT INTO messages (id, client_id, template_id, lane, status, on_unknown, chunk_id, accepted_at, expires_at, due_at, phone_mac, carrier_id)
     VALUES ($1, 'shop', 't1', 'otp', $2, 'wait', $1, now() - $3 * interval '1 second', now() + interval '1 hour', now(), $4, 'c')`,
    [nextId(), status, age, testKeyring().phoneMac(phone)],
  );
}
const held = async (): Promise<number> =>
  (await db().query(`SELECT FROM messages WHERE phone_mac = $1`, [testKeyring().phoneMac(PHONE)])).length;

describe('ardor erase', () => {
  it('removes what is held of a number, and is idempotent', async () => {
    for (const status of ['queuing', 'uncertain', 'sent', 'delivered', 'error']) await put(PHONE, status);
    await put('+8613800138001');
    expect(await done('erase', '138 0013 8000')).toBe('erased 5 messages\n');
    expect(await held()).toBe(0);
    expect(await db().query(`SELECT FROM messages WHERE carrier_id = 'c'`)).toHaveLength(1);
    expect(await done('erase', PHONE)).toBe('erased 0 messages\n');
  });

  it('keeps suppressions unless they are named', async () => {
    await done('suppress', 'add', PHONE);
    expect(await done('erase', PHONE)).toBe('erased 0 messages\n');
    expect(await db().query('SELECT FROM suppressions')).toHaveLength(1);
    expect(await done('erase', PHONE, '--suppressions')).toBe('erased 0 messages, lifted 1 suppressions\n');
    expect(await db().query('SELECT FROM suppressions')).toHaveLength(0);
  });

  it.each([
    ['sending', 61],
    ['delivered', 5],
  ])('exits 1 and says so when a message that is %s and %i s old had to stay', async (status, age) => {
    await put(PHONE, status, age);
    await put(PHONE);
    expect(await ardor(['erase', PHONE, '--wait', '0'])).toEqual({
      code: 1,
      out: 'erased 1 messages\n',
      err: 'ardor: 1 messages still hold the number: they are being sent or are younger than 60 s; run this again\n',
    });
    expect(await held()).toBe(1);
  });

  it('takes a slot for as long as NUMBER_LIMIT_SECONDS says', async () => {
    await put(PHONE);
    const { code, err } = await ardor(['erase', PHONE, '--wait', '0'], { NUMBER_LIMIT_SECONDS: '120' });
    expect({ code, said: err.includes('younger than 120 s') }).toEqual({ code: 1, said: true });
    expect(await done('erase', PHONE, '--wait', '0')).toBe('erased 1 messages\n');
  });

  it('reads one number from standard input', async () => {
    await put(PHONE);
    expect(await ardor(['erase', '--stdin'], {}, `${PHONE}\n`)).toEqual({
      code: 0,
      out: 'erased 1 messages\n',
      err: '',
    });
    const two = await ardor(['erase', '--stdin'], {}, `${PHONE}\n${PHONE}\n`);
    expect(two).toEqual({ code: 1, out: '', err: 'ardor: standard input must hold one number\n' });
  });

  it('refuses no number, two ways at once, and a number that is none, and repeats none', async () => {
    const one = 'ardor: give one number, as an argument or with --stdin';
    expect(await refused(['erase'])).toBe(one);
    expect(await refused(['erase', PHONE, '--stdin'])).toBe(one);
    expect(await refused(['erase', '10086'])).toBe('ardor: not a mobile number in E.164 or in region CN');
  });

  it.each(['-1', '3601', 'x'])('refuses to wait for %s', async (wait) => {
    const { code, err } = await ardor(['erase', PHONE, '--wait', wait]);
    expect({ code, said: err.includes('Whole seconds, 0..3600.') }).toEqual({ code: 1, said: true });
  });

  it('needs the key of the database', async () => {
    await done('client', 'create', 'shop');
    await done('passcode', 'issue', 'shop');
    const other = { ARDOR_MASTER_KEY: Buffer.from(randomUUID().replaceAll('-', '')).toString('base64') };
    await put(PHONE);
    expect(await misconfigured(['erase', PHONE], other)).toHaveLength(1);
    expect(await held()).toBe(1);
  });
});
