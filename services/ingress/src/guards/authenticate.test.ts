import type { ClientRecord } from '@ardor/store/clients/find-client';
import { testKeyring } from '@ardor/testkit/fixtures';
import { describe, expect, it } from '@jest/globals';
import { createAuthenticate } from './authenticate.js';

const keyring = testKeyring();
const [OLD, NEW] = ['ARDOR-OLD0', 'ARDOR-NEW0'];

/** A client as the cache gives it: the same object until it is looked up anew. */
const record = (...passcodes: string[]): ClientRecord => ({
  id: 'shop',
  region: 'CN',
  disabled: false,
  passcodeMacs: passcodes.map((passcode) => keyring.passcodeMac('shop', passcode)),
  grants: new Set(),
});

describe('authenticate', () => {
  const asked = (find: () => ClientRecord | undefined) => {
    const authenticate = createAuthenticate({ findClient: find, keyring, production: false });
    return async (passcode: string, clientId = 'shop') => (await authenticate({ clientId, passcode })).ok;
  };

  it('takes each of the client’s passcodes, again and again, and no other', async () => {
    const client = record(OLD, NEW);
    const isTaken = asked(() => client);
    for (const passcode of ['', OLD, OLD, NEW, OLD, NEW, NEW]) expect(await isTaken(passcode)).toBe(passcode !== '');
    for (const wrong of ['', 'ARDOR-NEW1', 'BRDOR-NEW0', NEW.slice(1), `${NEW}0`, NEW.toLowerCase()])
      expect(await isTaken(wrong)).toBe(false);
  });

  it('forgets what was right with the record it was right for', async () => {
    let client = record(OLD, NEW);
    const isTaken = asked(() => client);
    expect(await isTaken(OLD)).toBe(true);
    client = record(NEW);
    expect([await isTaken(OLD), await isTaken(NEW)]).toEqual([false, true]);
  });

  it('refuses whoever is not known, whatever was right before', async () => {
    let client: ClientRecord | undefined = record(OLD);
    const isTaken = asked(() => client);
    expect(await isTaken(OLD)).toBe(true);
    client = undefined;
    expect([await isTaken(OLD), await isTaken('')]).toEqual([false, false]);
  });
});
