import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '@ardor/store/sql/database';
import { createTestDatabase, MASTER_KEY, type TestDatabase } from '@ardor/testkit/fixtures';
import { CHECKOUT } from '@ardor/testkit/paths';
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The `ardor` command beside a database of the test file's own, which is empty before each test. */
export function ardorOfTest() {
  let db: TestDatabase<Database>;
  /** A folder with no settings of a stack in it. */
  let folder: string;
  beforeAll(async () => {
    db = await createTestDatabase(openDatabase);
    folder = await mkdtemp(join(tmpdir(), 'ardor-cli-'));
  });
  beforeEach(() =>
    db.query('TRUNCATE clients, templates, passcodes, template_grants, messages, suppressions, key_check'),
  );
  afterAll(async () => {
    await db.drop();
    await rm(folder, { recursive: true });
  });

  /** Runs the command as a process, with this environment, nothing of the test's but PATH, and this input. */
  function ardor(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
    const given = {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      DATABASE_URL: db.url,
      // A test that names another database means it for both users.
      MAINTENANCE_DATABASE_URL: env['DATABASE_URL'] ?? db.ownerUrl,
      ARDOR_MASTER_KEY: MASTER_KEY,
      ...env,
    };
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [join(CHECKOUT, 'packages/cli/dist/main.js'), ...args],
        { cwd: folder, env: given },
        (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
      );
      child.stdin?.end(input);
    });
  }

  /** Runs a command that has to succeed, and gives what it says. */
  async function done(...args: string[]): Promise<string> {
    const { code, out, err } = await ardor(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out;
  }

  /** Runs a command that has to fail with one line. */
  async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const { code, out, err } = await ardor(args, env);
    expect({ code, out, lines: err.trimEnd().split('\n').length, err }).toEqual({ code: 1, out: '', lines: 1, err });
    return err.trimEnd();
  }

  /** Runs a command that has to find the configuration wrong, and gives the problems. */
  async function misconfigured(args: readonly string[], env: Record<string, string>): Promise<string[]> {
    const { code, out, err } = await ardor(args, env);
    const [head, ...problems] = err.trimEnd().split('\n');
    expect({ code, out, head }).toEqual({ code: 2, out: '', head: 'ardor: the configuration is wrong:' });
    return problems.map((line) => line.replace(/^ {2}- /, ''));
  }

  const list = async <T>(what: 'client' | 'template'): Promise<T> => JSON.parse(await done(what, 'list')) as T;

  return { db: () => db, folder: () => folder, ardor, done, refused, misconfigured, list };
}
