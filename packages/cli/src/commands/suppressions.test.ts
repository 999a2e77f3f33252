import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testKeyring } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { ardorOfTest } from '../../test/create-test-cli.js';

const { db, folder, ardor, done, refused } = ardorOfTest();
const macs = async (client = ''): Promise<string[]> => {
  const rows = await db().query<{ mac: string }>(
    `SELECT encode(phone_mac, 'hex') AS mac FROM suppressions WHERE client_id = $1`,
    [client],
  );
  return rows.map(({ mac }) => mac).sort();
};
const macOf = (e164: string): string => testKeyring().phoneMac(e164).toString('hex');
const number = (index: number): string => `+86138${String(10_000_000 + index)}`;

describe('ardor suppress', () => {
  it('adds and removes a number in any form, and never repeats it', async () => {
    expect(await done('suppress', 'add', '+86 138 0013 8000', '--reason', 'complained')).toBe(
      'suppressed: the number, for every client\n',
    );
    expect(await done('suppress', 'add', '13800138000')).toBe('was suppressed already: the number, for every client\n');
    expect(await macs()).toEqual([macOf('+8613800138000')]);
    expect(await done('suppress', 'remove', '+8613800138000')).toBe(
      'may be sent to again: the number, for every client\n',
    );
    expect(await refused(['suppress', 'remove', '+8613800138000'])).toBe(
      'ardor: the number is not suppressed for every client',
    );
    expect(await macs()).toEqual([]);
  });

  it('adds for one client, and counts by client', async () => {
    await done('client', 'create', 'shop');
    await done('suppress', 'add', '+12015550123', '--client', 'shop');
    await done('suppress', 'add', '(201) 555-0124', '--region', 'US');
    expect(JSON.parse(await done('suppress', 'list'))).toEqual([
      { client: null, numbers: 1 },
      { client: 'shop', numbers: 1 },
    ]);
    expect([await macs(), await macs('shop')]).toEqual([[macOf('+12015550124')], [macOf('+12015550123')]]);
    expect(await refused(['suppress', 'add', '+12015550123', '--client', 'bank'])).toBe(
      'ardor: there is no client bank',
    );
  });

  it.each(['10086', '+861012345678', 'mobile'])('refuses %s', async (phone) => {
    expect(await refused(['suppress', 'add', phone])).toBe('ardor: not a mobile number in E.164 or in region CN');
  });

  it('imports from standard input', async () => {
    const lines = Array.from({ length: 2_500 }, (_, index) => number(index));
    await done('suppress', 'add', number(7));
    const { code, out, err } = await ardor(
      ['suppress', 'import', '-'],
      {},
      `${lines.join('\r\n')}\r\n\r\n${number(7)}`,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe('suppressed 2499 numbers for every client; 2 were already; 0 lines are wrong\n');
    expect(await macs()).toEqual(lines.map(macOf).sort());
  });

  it('imports the right lines of a file, and tells the wrong ones by their places', async () => {
    const file = join(folder(), 'numbers.txt');
    await writeFile(file, [number(1), '110', '', 'a secret word', number(2)].join('\n'));
    const { code, out, err } = await ardor(['suppress', 'import', file]);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'line 2: not a mobile number in E.164 or in region CN\nline 4: not a mobile number in E.164 or in region CN\n',
    });
    expect(out).toBe('suppressed 2 numbers for every client; 0 were already; 2 lines are wrong\n');
    expect(await macs()).toEqual([number(1), number(2)].map(macOf).sort());
    expect(await refused(['suppress', 'import', join(folder(), 'nowhere.txt')])).toMatch(/^ardor: ENOENT/);
  });
});
