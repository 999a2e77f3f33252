import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Home, prepareHome } from './home.js';
import { databasePassword, prepareSecrets } from './secrets.js';

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

  it('are in folders that only their owner may enter, also where another version made them', () => {
    for (const folder of [home.root, home.logs, home.run]) {
      chmodSync(folder, 0o755);
      prepareHome('/', home.root);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    expect(databasePassword(home, 'app')).toBe(databasePassword(home, 'app'));
    expect(databasePassword(home, 'app')).not.toBe(databasePassword(home, 'owner'));
    expect(statSync(join(home.root, 'database-app.password')).mode & 0o777).toBe(0o600);
  });

  it('leaves to the environment what the environment gives, and shows none of it', () => {
    const given = prepareSecrets(home, { ARDOR_MASTER_KEY: 'k', DASHBOARD_PASSWORD_FILE: '/run/secrets/password' });
    expect(given).toEqual({ env: {}, dashboardPassword: 'as in DASHBOARD_PASSWORD_FILE' });
  });
});
