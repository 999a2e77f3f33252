import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clearLockedPorts } from 'get-port';
import pg from 'pg';
import { describeProcess } from './pid-record.js';
import { startPostgres } from './postgres.js';
import { postgresAccount } from './postgres/account.js';
import { clusterFolder } from './postgres/cluster.js';
import { type StoreServer, pidFileOf } from './store-server.js';

let dataDir = '';
let cluster = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ardor-postgres-'));
  cluster = clusterFolder(dataDir, postgresAccount());
});
afterEach(() => {
  for (const folder of [dataDir, cluster]) rmSync(folder, { recursive: true, force: true });
});

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

const start = (log?: (line: string) => void): Promise<StoreServer> => startPostgres({ dataDir, durable: false, log });

/** Starts it, makes a table, and ends it in this way. */
async function leaveBehind(end: (server: StoreServer) => Promise<unknown>): Promise<StoreServer> {
  const server = await start();
  await query(server.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await end(server);
  return server;
}

/** Starts it again; it has the table. */
async function expectKept(log?: (line: string) => void): Promise<StoreServer> {
  const server = await start(log);
  try {
    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  } finally {
    await server.stop();
  }
  return server;
}

describe('startPostgres', () => {
  it('listens on the loopback, takes a password only, and keeps its data and its port over a restart', async () => {
    const first = await leaveBehind(async (server) => {
      const [facts] = await query<object>(
        server.url,
        `SELECT current_database() AS name, pg_encoding_to_char(encoding) AS encoding, datcollate AS locale,
                current_setting('listen_addresses') AS listens FROM pg_database WHERE datname = current_database()`,
      );
      expect(facts).toEqual({ name: 'ardor', encoding: 'UTF8', locale: 'C', listens: '127.0.0.1' });
      expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
      await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');
      expect(await server.stop()).toEqual({ code: 0, signal: null });
    });
    // get-port gives no port twice in one process; a restart is another process.
    clearLockedPorts();
    expect((await expectKept()).port).toBe(first.port);
  });

  it('recovers what was committed when the server was killed', async () => {
    await leaveBehind(async (server) => {
      server.kill('SIGKILL');
      await server.exited;
    });
    await expectKept();
  });

  it('is not stopped by a postmaster.pid whose pid belongs to another program', async () => {
    await leaveBehind((server) => server.stop());
    // The Postgres of the test run: Postgres minds programs of its own account only.
    const sql = `SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int AS pid`;
    const [other] = await query<{ pid: number }>(process.env['ARDOR_TEST_DATABASE_URL'] ?? '', sql);
    writeFileSync(join(cluster, 'postmaster.pid'), `${other?.pid ?? 0}\n${cluster}\n1\n5432\n\n\n`);
    writeFileSync(pidFileOf(dataDir), JSON.stringify({ pid: other?.pid, started: 'long ago' }));
    await expectKept();
  });

  it('stops a server that a killed run left running, and takes its place', async () => {
    const leftover = await leaveBehind(() => Promise.resolve());
    const said: string[] = [];
    await expectKept((line) => said.push(line));
    expect(said.join()).toContain(`stopped Postgres (process ${leftover.pid}) of an earlier run`);
    expect(describeProcess(leftover.pid)).toBeUndefined();
  });

  it('starts afresh when its folder was removed', async () => {
    await leaveBehind((server) => server.stop());
    rmSync(dataDir, { recursive: true });
    const server = await start();
    expect(await query(server.url, `SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: null }]);
    await server.remove();
  });

  it('tells both versions when another one made the data', async () => {
    await leaveBehind((server) => server.stop());
    writeFileSync(join(cluster, 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toThrow(
      /initialized by PostgreSQL version 9, which is not compatible with this version \d+/,
    );
  });
});
