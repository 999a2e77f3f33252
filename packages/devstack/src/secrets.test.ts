import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Home, prepareHome } from './home.js';
import { prepareSecrets } from './secrets.js';

let home: Home;
beforeEach(() => void (home = prepareHome(mkdtempSync(join(tmpdir(), 'ardor-home-')), '')));
afterEach(() => rmSync(join(home.root, '..'), { recursive: true, force: true }));

describe('prepareSecrets', () => {
  it('makes the secrets once, for their owner only', () => {
    const first = prepareSecrets(home, {});
    expect(first.env).toEqual({
      ARDOR_MASTER_KEY_FILE: home.masterKey,
      DASHBOARD_PASSWORD_FILE: home.dashboardPassword,
    });
    expect(Buffer.from(readFileSync(home.masterKey, 'utf8'), 'base64')).toHaveLength(32);
    for (const file of [home.masterKey, home.dashboardPassword]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(home.masterKey, 'utf8');
    expect(prepareSecrets(home, {})).toEqual(first);
    expect(readFileSync(home.masterKey, 'utf8')).toBe(key);
  });

  it('leaves to the environment what the environment gives, and shows none of it', () => {
    const given = prepareSecrets(home, { ARDOR_MASTER_KEY: 'k', DASHBOARD_PASSWORD_FILE: '/run/secrets/password' });
    expect(given).toEqual({ env: {}, dashboardPassword: 'as in DASHBOARD_PASSWORD_FILE' });
  });
});
