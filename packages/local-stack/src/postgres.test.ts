import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { FolderInUse } from './folder-lock.js';
import { describeProcess, isAlive } from './process-record.js';
import { findEmbeddedPostgres, findPostgres } from './postgres/binaries.js';
import { accountFor } from './postgres/account.js';
import { startServer } from './postgres/server.js';
import { type RunningPostgres, startPostgres } from './postgres.js';

let dataDir = '';
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), 'ardor-postgres-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function query<T>({ url }: Pick<RunningPostgres, 'url'>, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

/** Runs `use` against a server on `dataDir` and always stops it. */
async function withPostgres<T>(use: (server: RunningPostgres, said: string[]) => Promise<T>): Promise<T> {
  const said: string[] = [];
  const server = await startPostgres({ dataDir, durable: false, log: (line) => said.push(line) });
  try {
    return await use(server, said);
  } finally {
    await server.stop();
  }
}

describe.each([
  ['of this machine', findPostgres()],
  ['from npm', findEmbeddedPostgres()],
])('the Postgres %s', (_, binaries) => {
  it('starts, takes a password only, and keeps its data over a restart', async () => {
    const options = { dataDir, binaries, durable: false };
    const first = await startPostgres(options);
    await query(first, 'CREATE TABLE kept AS SELECT 7 AS n');
    const [facts] = await query<object>(
      first,
      `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datcollate AS locale,
              current_setting('listen_addresses') AS listens FROM pg_database WHERE datname = current_database()`,
    );
    expect(facts).toEqual({ name: 'ardor', encoding: 'UTF8', locale: 'C', listens: '127.0.0.1' });
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    await expect(query({ url: first.url.replace(/:[^:@]+@/, ':wrong@') }, 'SELECT 1')).rejects.toThrow('password');
    await first.stop();

    const second = await startPostgres(options);
    try {
      expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
      expect(second.port).toBe(first.port);
    } finally {
      await second.stop();
    }
  });
});

describe('startPostgres after a killed run', () => {
  it('is not stopped by a postmaster.pid whose pid belongs to another program', async () => {
    const cluster = await withPostgres((server) => Promise.resolve(server.cluster));
    writeFileSync(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n1\n5432\n\n\n`);
    await withPostgres(async (server) => expect(await query(server, 'SELECT 1 AS n')).toEqual([{ n: 1 }]));
  });

  it('recovers what was committed when the server itself was killed', async () => {
    await withPostgres(async (server) => {
      await query(server, 'CREATE TABLE kept AS SELECT 7 AS n');
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    });
    await withPostgres(async (server) => expect(await query(server, 'SELECT n FROM kept')).toEqual([{ n: 7 }]));
  });

  it('stops a server that was left running, and takes its place', async () => {
    const cluster = await withPostgres((server) => Promise.resolve(server.cluster));
    // Started below the folder's lock: from here on it looks like the server of a supervisor that is gone.
    const { server: orphan } = await startServer({
      ...{ dataDir, cluster, bin: findPostgres()[0]?.bin ?? '', account: accountFor(cluster), durable: false, port: 0 },
      ...{ password: readFileSync(join(dataDir, 'password'), 'utf8').trim(), logFile: join(dataDir, 'orphan.log') },
    });
    const left = describeProcess(orphan.pid);
    await withPostgres(async (server, said) => {
      expect(left && isAlive(left)).toBe(false);
      expect(said.join()).toContain(`stopped Postgres ${orphan.pid}`);
      expect(await query(server, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    });
  });
});

describe('startPostgres', () => {
  it('refuses a folder that a live process uses', async () => {
    await withPostgres(async () => {
      await expect(startPostgres({ dataDir, durable: false })).rejects.toThrow(FolderInUse);
    });
  });

  it('names the versions when the data were made by another one', async () => {
    const cluster = await withPostgres((server) => Promise.resolve(server.cluster));
    writeFileSync(join(cluster, 'PG_VERSION'), '9\n');
    await expect(startPostgres({ dataDir })).rejects.toThrow(/made by Postgres 9, but this machine has only \d+/);
  });

  it('says what to do when there is no Postgres at all', async () => {
    await expect(startPostgres({ dataDir, binaries: [] })).rejects.toThrow(/apt install postgresql/);
  });
});
