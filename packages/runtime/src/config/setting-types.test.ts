import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  choice,
  deployedUrl,
  flag,
  fraction,
  integer,
  limit,
  optionalLimit,
  optionalSecret,
  optionalUrl,
  port,
  readConfig,
  renamed,
  secret,
  text,
  type Settings,
  url,
} from './setting-types.js';
import { FAILPOINTS } from '../process/failpoint.js';
import { serviceSettings as shared } from './shared-settings.js';

const CANARY = 'canary-771204';
const KEY = Buffer.from(CANARY.padEnd(32, 'abcdefghijklmnopqrstuvwxyz')).toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'ardor-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function problemsOf(settings: Settings, env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(settings, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('a limit', () => {
  const settings = { size: limit('SIZE', 5), share: optionalLimit('SHARE') };

  it.each([
    [{}, { size: 5, share: undefined }],
    [
      { SIZE: '1', SHARE: '1000000000' },
      { size: 1, share: 1_000_000_000 },
    ],
    [
      { SIZE: 'none', SHARE: 'none' },
      { size: 'none', share: 'none' },
    ],
  ])('of %j is read as %j', (env, config) => {
    expect(readConfig(settings, env)).toEqual(config);
  });

  it.each([
    ['0', 'must be greater than or equal to 1'],
    ['1.5', 'must be an integer'],
    ['1000000001', 'must be less than or equal to 1000000000'],
    ['all', 'must be a positive integer or none'],
  ])('is not %s', (SIZE, problem) => {
    expect(problemsOf(settings, { SIZE })).toEqual([`SIZE ${problem}`]);
  });
});

describe('readConfig', () => {
  const settings = {
    size: integer('SIZE', { default: 5, min: 2, max: 9 }),
    httpPort: port('HTTP_PORT', 8080),
    open: flag('OPEN', false),
    prefix: text('PREFIX', 'ardor', /^[a-z]+$/),
    level: choice('LEVEL', ['low', 'high'], 'low'),
    database: url('DATABASE_URL', ['postgres'], 'postgres://localhost/ardor'),
    carrier: optionalUrl('CARRIER_URL', ['http', 'https']),
    password: optionalSecret('PASSWORD', 12),
  };

  it('has a default for everything that is not required', () => {
    expect(readConfig(settings, {})).toEqual({
      size: 5,
      httpPort: 8080,
      open: false,
      prefix: 'ardor',
      level: 'low',
      database: 'postgres://localhost/ardor',
      carrier: undefined,
      password: undefined,
    });
  });

  it('reads what is set into its type', () => {
    const env = {
      SIZE: '7',
      HTTP_PORT: '0',
      OPEN: 'true',
      PREFIX: 'other',
      LEVEL: 'high',
      DATABASE_URL: 'postgres://u:p@host/db',
      CARRIER_URL: 'https://carrier.example',
      PASSWORD: 'x'.repeat(12),
      UNKNOWN: CANARY,
    };
    expect(readConfig(settings, env)).toEqual({
      size: 7,
      httpPort: 0,
      open: true,
      prefix: 'other',
      level: 'high',
      database: 'postgres://u:p@host/db',
      carrier: 'https://carrier.example',
      password: 'x'.repeat(12),
    });
  });

  it('takes an empty variable as unset', () => {
    const empty = Object.fromEntries(Object.values(settings).map(({ name }) => [name, '']));
    expect(readConfig(settings, empty)).toEqual(readConfig(settings, {}));
    expect(readConfig({ password: optionalSecret('PASSWORD', 12) }, { PASSWORD: '', PASSWORD_FILE: '' })).toEqual({
      password: undefined,
    });
    expect(problemsOf({ key: secret('KEY', /x/) }, { KEY: '' })).toEqual(['KEY is missing or malformed']);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(readConfig(settings, {}))).toBe(true);
  });

  it.each(['0', '0.25', '1'])('takes the fraction %s', (SHARE) => {
    expect(readConfig({ share: fraction('SHARE', 1) }, { SHARE }).share).toBe(Number(SHARE));
  });

  it.each(['-0.1', '1.01', 'half'])('refuses the fraction %s', (SHARE) => {
    expect(problemsOf({ share: fraction('SHARE', 1) }, { SHARE })).toHaveLength(1);
  });

  it.each([
    ['2', '9'],
    ['3', '8'],
  ])('takes the integers %s and %s from 2 to 9', (low, high) => {
    for (const SIZE of [low, high]) expect(readConfig(settings, { SIZE }).size).toBe(Number(SIZE));
  });

  it.each<[string, Record<string, string>]>([
    ['an integer below the least', { SIZE: '1' }],
    ['an integer above the most', { SIZE: '10' }],
    ['a fraction', { SIZE: '2.5' }],
    ['no number', { SIZE: 'five' }],
    ['not finite', { SIZE: 'Infinity' }],
    ['a port above 65535', { HTTP_PORT: '65536' }],
    ['a port below 0', { HTTP_PORT: '-1' }],
    ['a flag that is neither true nor false', { OPEN: 'yes' }],
    ['a text that does not fit its pattern', { PREFIX: 'Ardor' }],
    ['a word that is no choice', { LEVEL: 'LOW' }],
    ['a URL of another scheme', { DATABASE_URL: 'mysql://localhost/ardor' }],
    ['no URL', { CARRIER_URL: 'carrier' }],
    ['a secret that is too short', { PASSWORD: 'x'.repeat(11) }],
  ])('refuses %s, by its name', (_, env) => {
    const problems = problemsOf(settings, env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${Object.keys(env).join('')} `));
  });

  it('reports all mistakes together, one line each', () => {
    const required = { ...settings, key: secret('KEY', /^k$/), queue: url('QUEUE_URL', ['redis']) };
    const env = { SIZE: 'x', HTTP_PORT: 'x', OPEN: 'x', PREFIX: 'X', LEVEL: 'x', DATABASE_URL: 'x', PASSWORD: 'x' };
    const problems = problemsOf(required, env);
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
      'SIZE',
      'HTTP_PORT',
      'OPEN',
      'PREFIX',
      'LEVEL',
      'DATABASE_URL',
      'PASSWORD',
      'KEY',
      'QUEUE_URL',
    ]);
    const { message, name } = new ConfigError(problems);
    expect(name).toBe('ConfigError');
    expect(message.split('\n')).toEqual(['the configuration is wrong:', ...problems.map((line) => `  - ${line}`)]);
  });

  it('never shows a value, of a secret or of anything else', () => {
    const wrong = Object.fromEntries(Object.values(settings).map(({ name }) => [name, `${CANARY}!`]));
    const required = { ...settings, key: secret('KEY', /^k$/) };
    const problems = problemsOf(required, { ...wrong, PASSWORD: CANARY.slice(0, 11), KEY: CANARY });
    expect(problems).toHaveLength(9);
    expect(problems.join('\n')).not.toContain(CANARY.slice(0, 11));
  });

  describe('NAME_FILE', () => {
    const one = { key: secret('KEY', /^[a-z0-9-]+$/) };

    it('gives the content of the file, without the line break at its end', () => {
      expect(readConfig(one, { KEY_FILE: file('key', `${CANARY}\n`) })).toEqual({ key: CANARY });
      expect(readConfig(one, { KEY: '', KEY_FILE: file('key', CANARY) })).toEqual({ key: CANARY });
      const urls = { database: url('DATABASE_URL', ['postgres']), carrier: optionalUrl('CARRIER_URL', ['http']) };
      expect(
        readConfig(urls, {
          DATABASE_URL_FILE: file('database', 'postgres://u:p@host/db\r\n'),
          CARRIER_URL_FILE: file('carrier', 'http://carrier\n'),
        }),
      ).toEqual({ database: 'postgres://u:p@host/db', carrier: 'http://carrier' });
    });

    it('is no other name of a setting that is not secret', () => {
      expect(readConfig({ size: integer('SIZE', { default: 5 }) }, { SIZE_FILE: file('size', '7') })).toEqual({
        size: 5,
      });
    });

    it('may not be set beside NAME', () => {
      const problems = problemsOf(one, { KEY: CANARY, KEY_FILE: file('key', CANARY) });
      expect(problems).toEqual(['KEY and KEY_FILE are both set']);
    });

    it('must name a file that can be read; its own value is not shown either', () => {
      const problems = problemsOf(one, { KEY_FILE: join(folder, CANARY) });
      expect(problems[0]).toMatch(/^KEY_FILE names a file that cannot be read/);
      expect(problems.join('\n')).not.toContain(CANARY);
      expect(problemsOf(one, { KEY_FILE: folder })[0]).toMatch(/^KEY_FILE names a file that cannot be read/);
    });

    it('reports a file whose content is wrong, without the content', () => {
      const problems = problemsOf(one, { KEY_FILE: file('key', CANARY.toUpperCase()) });
      expect(problems).toEqual(['KEY is missing or malformed']);
      expect(problemsOf(one, { KEY_FILE: file('key', '\n') })).toEqual(['KEY is missing or malformed']);
    });
  });
});

const least = { DATABASE_URL: 'postgresql://host/db', REDIS_URL: 'rediss://host', ARDOR_MASTER_KEY: KEY };

describe('the shared settings', () => {
  it('need a database, a Redis and a master key, and nothing else', () => {
    expect(problemsOf(shared, {})).toEqual(
      ['DATABASE_URL', 'ARDOR_MASTER_KEY', 'REDIS_URL'].map((name) => `${name} is missing or malformed`),
    );
    expect(readConfig(shared, least)).toMatchObject({ nodeEnv: 'production', logLevel: 'info', masterKey: KEY });
  });

  it('open the ops port to this machine only, whatever address the API has', () => {
    expect(readConfig(shared, { ...least, HTTP_HOST: '10.0.0.1' })).toMatchObject({ opsHost: '127.0.0.1' });
    expect(readConfig(shared, { ...least, OPS_HOST: '0.0.0.0' })).toMatchObject({ opsHost: '0.0.0.0' });
  });

  describe('FAILPOINT', () => {
    it.each(FAILPOINTS)('may be %s outside production', (FAILPOINT) => {
      for (const NODE_ENV of ['development', 'test'])
        expect(readConfig(shared, { ...least, FAILPOINT, NODE_ENV }).failpoint).toBe(FAILPOINT);
    });

    it.each([undefined, '', 'production'])('is refused in production, and so with NODE_ENV %j', (NODE_ENV) => {
      const env = { ...least, NODE_ENV, FAILPOINT: FAILPOINTS[0] };
      const refusal = 'FAILPOINT is for tests: production, which is the default of NODE_ENV, refuses it';
      expect(problemsOf(shared, env)).toEqual([refusal]);
      expect(problemsOf(shared, { ...env, SHUTDOWN_SECONDS: 'x' })).toHaveLength(2);
    });

    it('is unset by default, also in production', () => {
      for (const NODE_ENV of ['', 'development', 'production'])
        for (const FAILPOINT of [undefined, ''])
          expect(readConfig(shared, { ...least, NODE_ENV, FAILPOINT }).failpoint).toBeUndefined();
    });

    it('is one of its names', () => {
      expect(problemsOf(shared, { ...least, NODE_ENV: 'test', FAILPOINT: 'accept' })[0]).toMatch(
        /^FAILPOINT must be one of/,
      );
    });
  });

  it.each([
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['33 bytes', Buffer.alloc(33).toString('base64')],
    ['hex', Buffer.alloc(32).toString('hex')],
    ['a word', CANARY],
  ])('refuse a master key of %s', (_, key) => {
    expect(problemsOf(shared, { ...least, ARDOR_MASTER_KEY: key })).toEqual([
      'ARDOR_MASTER_KEY is missing or malformed',
    ]);
  });
});

describe('a URL that a deployment has to name', () => {
  const settings = { carrier: deployedUrl('CARRIER_URL', ['http'], 'http://127.0.0.1:8090') };

  it.each(['development', 'test'])('has a default with NODE_ENV=%s', (NODE_ENV) => {
    expect(readConfig(settings, { NODE_ENV }).carrier).toBe('http://127.0.0.1:8090');
    expect(problemsOf(settings, { NODE_ENV, CARRIER_URL: 'carrier' })).toHaveLength(1);
  });

  it.each([undefined, '', 'production'])('is needed with NODE_ENV %j', (NODE_ENV) => {
    expect(problemsOf(settings, { NODE_ENV })).toEqual(['CARRIER_URL is missing or malformed']);
    expect(readConfig(settings, { NODE_ENV, CARRIER_URL: 'http://carrier' }).carrier).toBe('http://carrier');
  });
});

describe('a random key', () => {
  /** 32 bytes, `count` of them different. */
  const keyOf = (count: number): string =>
    Buffer.from(Array.from({ length: 32 }, (_, n) => 200 + (n % count))).toString('base64');

  it.each([1, 2, 8, 15])('of %d different bytes is refused, without a word of it', (count) => {
    expect(problemsOf(shared, { ...least, ARDOR_MASTER_KEY: keyOf(count) })).toEqual([
      'ARDOR_MASTER_KEY is not random; make one with: openssl rand -base64 32',
    ]);
  });

  it('of zeros is refused', () => {
    const key = Buffer.alloc(32).toString('base64');
    expect(problemsOf(shared, { ...least, ARDOR_MASTER_KEY: key })).toHaveLength(1);
  });

  it.each([16, 32])('of %d different bytes is taken', (count) => {
    expect(readConfig(shared, { ...least, ARDOR_MASTER_KEY: keyOf(count) }).masterKey).toBe(keyOf(count));
  });
});

describe('a renamed setting', () => {
  const settings = { size: renamed('OLD_SIZE', integer('SIZE', { default: 7, max: 10 })) };

  it.each([
    [{}, 7],
    [{ SIZE: '3' }, 3],
    [{ OLD_SIZE: '4' }, 4],
    [{ SIZE: '', OLD_SIZE: '5' }, 5],
  ])('is read from %o as %d', (env, size) => {
    expect(readConfig(settings, env)).toEqual({ size });
  });

  it.each([
    [{ SIZE: '3', OLD_SIZE: '3' }, 'SIZE and its former name OLD_SIZE are both set'],
    [{ OLD_SIZE: '11' }, 'SIZE must be less than or equal to 10'],
  ])('is refused as %o', (env, problem) => {
    expect(() => readConfig(settings, env)).toThrow(problem);
  });
});
