import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from './setting-types.js';
import { optionalUrls, urls } from './url-list.js';

const folder = mkdtempSync(join(tmpdir(), 'ardor-urls-'));
afterAll(() => rmSync(folder, { recursive: true }));

const needed = { servers: urls('SERVERS', ['redis', 'rediss']) };
const optional = { servers: optionalUrls('SERVERS', ['redis', 'rediss']) };
const read = (SERVERS: string) => readConfig(needed, { SERVERS }).servers;

describe('a list of URLs', () => {
  it('is one, or several with commas between them', () => {
    expect(read('redis://a')).toEqual(['redis://a']);
    expect(read('redis://a:1/0, rediss://u:p@b:2')).toEqual(['redis://a:1/0', 'rediss://u:p@b:2']);
  });

  it('may come in a file', () => {
    const SERVERS_FILE = join(folder, 'servers');
    writeFileSync(SERVERS_FILE, 'redis://a,redis://b\n');
    expect(readConfig(needed, { SERVERS_FILE }).servers).toEqual(['redis://a', 'redis://b']);
  });

  it('leaves a comma in a password alone', () => {
    expect(read('redis://:p,w@a,redis://:x,@b')).toEqual(['redis://:p,w@a', 'redis://:x,@b']);
  });

  it.each(['', ',', 'redis://a,', ',redis://a', 'redis://a,b', 'redis://a,,redis://b', 'redis://a,http://canary', 'a'])(
    'is not %j, and its mistake shows nothing of it',
    (SERVERS) => {
      expect(() => read(SERVERS)).toThrow(new ConfigError(['SERVERS is missing or malformed']));
    },
  );

  it('may be absent where it is optional, and is checked where it is there', () => {
    expect(readConfig(optional, {}).servers).toBeUndefined();
    expect(readConfig(optional, { SERVERS: 'redis://a' }).servers).toEqual(['redis://a']);
    expect(() => readConfig(optional, { SERVERS: 'redis://a,b' })).toThrow(ConfigError);
  });
});
