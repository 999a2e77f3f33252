import { DEMO } from '@ardor/domain/message/demo';
import { createClientDirectory } from '@ardor/store/clients/client-directory';
import type { ChangedClient, ClientRecord } from '@ardor/store/clients/read-clients';
import { testKeyring } from '@ardor/testkit/fixtures';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FailedLogin } from '../http/failed-logins.js';
import { createAuthenticate } from './authenticate.js';

const keyring = testKeyring();
const [OLD, NEW] = ['ARDOR-OLD0', 'ARDOR-NEW0'];

const record = (...passcodes: string[]): ClientRecord => ({
  id: 'shop',
  region: 'CN',
  disabled: false,
  passcodeMacs: passcodes.map((passcode) => keyring.passcodeMac('shop', passcode).toString('hex')),
  grants: new Set(),
  limits: {
    sendsPerSecond: 'default',
    sendsPerDay: 'default',
    queriesPerSecond: 'default',
    countryCapFloor: 'default',
  },
  destinations: { anyCountry: false, countries: new Set(['CN']), prefixes: [] },
});

describe('authenticate', () => {
  let macs: number;
  let failed: FailedLogin[];
  let waitSeconds: number | undefined;
  let change: ChangedClient;
  let authenticate: (clientId: string, passcode: string) => Promise<string>;
  let update: (shop: ClientRecord | undefined) => Promise<void>;
  beforeEach(() => {
    macs = 0;
    failed = [];
    waitSeconds = undefined;
    const clients = createClientDirectory({
      readClients: (after) => Promise.resolve({ clients: [change], more: false, last: after + 1, latest: after + 1 }),
      maxAgeMs: 60_000,
      now: () => performance.now(),
    });
    update = (shop) => {
      change = { id: 'shop', record: shop };
      return clients.refresh();
    };
    const counted = {
      passcodeMac: (id: string, passcode: string) => {
        macs++;
        return keyring.passcodeMac(id, passcode);
      },
    };
    const failedLogins = {
      record: (one: FailedLogin) => void failed.push(one),
      retryAfterSeconds: () => waitSeconds,
    };
    const run = createAuthenticate({ clients, keyring: counted, failedLogins, production: true });
    authenticate = async (clientId, passcode) => {
      const result = await run({ clientId, passcode }, { id: 'a-request', peer: { ip: '192.0.2.1' } });
      return result.ok ? result.value.id : result.refusal.reason;
    };
  });

  it('takes each of the client’s passcodes, again and again, and no other', async () => {
    await update(record(OLD, NEW));
    for (const passcode of [OLD, OLD, NEW, OLD, NEW, NEW]) expect(await authenticate('shop', passcode)).toBe('shop');
    expect(macs).toBe(2);
    for (const wrong of ['', 'ARDOR-NEW1', 'BRDOR-NEW0', NEW.slice(1), `${NEW}0`, NEW.toLowerCase()])
      expect(await authenticate('shop', wrong)).toBe('invalid_passcode');
  });

  it('forgets what was right with the record it was right for', async () => {
    await update(record(OLD, NEW));
    expect(await authenticate('shop', OLD)).toBe('shop');
    await update(record(NEW));
    expect(await authenticate('shop', OLD)).toBe('invalid_passcode');
    expect(await authenticate('shop', NEW)).toBe('shop');
    await update({ ...record(NEW), disabled: true });
    expect(await authenticate('shop', NEW)).toBe('client_disabled');
    await update(undefined);
    expect(await authenticate('shop', NEW)).toBe('invalid_passcode');
  });

  it('does the same work for an unknown client as for a wrong passcode, however many passcodes there are', async () => {
    await update(record(...Array.from({ length: 50 }, (_, n) => `ARDOR-${n}`)));
    for (const id of ['shop', 'bank', 'a b', '', 'shop\0'])
      for (const round of [1, 2])
        expect([id, round, await authenticate(id, 'wrong')]).toEqual([id, round, 'invalid_passcode']);
    expect(macs).toBe(10);
  });

  it('does not let an id with U+0000 stand for another’s', async () => {
    await update(record('x\0y'));
    expect(await authenticate('shop\0x', 'y')).toBe('invalid_passcode');
    expect(await authenticate('shop', 'x\0y')).toBe('shop');
    expect(await authenticate('shop\0x', 'y')).toBe('invalid_passcode');
  });

  it.each([
    ['shop', 128, 'shop'],
    ['shop', 129, 'invalid_passcode'],
  ])('takes for %j a passcode of %d characters: %s', async (id, length, answer) => {
    await update(record('x'.repeat(length)));
    expect(await authenticate(id, 'x'.repeat(length))).toBe(answer);
  });

  it('records each failure with its address, and the id of a client that exists', async () => {
    await update(record(NEW));
    expect(await authenticate('shop', NEW)).toBe('shop');
    expect(failed).toEqual([]);
    expect(await authenticate('shop', 'wrong')).toBe('invalid_passcode');
    expect(await authenticate(NEW, 'shop')).toBe('invalid_passcode');
    expect(await authenticate('shop', DEMO.passcode)).toBe('demo_credentials');
    await update({ ...record(NEW), disabled: true });
    expect(await authenticate('shop', NEW)).toBe('client_disabled');
    const caller = { address: '192.0.2.1', requestId: 'a-request' };
    expect(failed).toEqual([
      { reason: 'passcode_wrong', clientId: 'shop', ...caller },
      { reason: 'client_unknown', clientId: undefined, ...caller },
      { reason: 'demo_credentials', clientId: 'shop', ...caller },
      { reason: 'client_disabled', clientId: 'shop', ...caller },
    ]);
  });

  it('refuses failures beyond the limit by another word, and takes the right passcode as before', async () => {
    await update(record(NEW));
    waitSeconds = 7;
    for (const wrong of ['wrong', DEMO.passcode])
      expect(await authenticate('shop', wrong)).toBe('too_many_failed_logins');
    expect(await authenticate('bank', 'wrong')).toBe('too_many_failed_logins');
    expect(await authenticate('shop', NEW)).toBe('shop');
    expect(failed).toHaveLength(3);
  });
});
