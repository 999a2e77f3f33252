import pg from 'pg';
import { until } from '../until.js';

/** How to reach the server: always TCP on the loopback, never TLS whatever PGSSLMODE says. */
function client(port: number, password: string, database: string): pg.Client {
  return new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'ardor',
    password,
    database,
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
}

/**
 * Waits until the server answers a query and returns true; false when `ended` says it is gone or the time is up.
 * A server that was killed replays its log first and refuses clients meanwhile, hence the long patience.
 */
export async function waitForServer(port: number, password: string, ended: () => boolean): Promise<boolean> {
  const answer = await until(async () => (ended() ? false : await answers(port, password)), { withinMs: 120_000 });
  return answer === true;
}

/** Creates the database unless it exists. */
export async function ensureDatabase(port: number, password: string, name: string): Promise<void> {
  const admin = client(port, password, 'postgres');
  await admin.connect();
  try {
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
}

/** True when a query came back, undefined when it is too early; a wrong password is not a matter of patience. */
async function answers(port: number, password: string): Promise<true | undefined> {
  const probe = client(port, password, 'postgres');
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    await probe.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01')
      throw new Error('Postgres does not take the password in the data folder: it belongs to another cluster', {
        cause: error,
      });
    return undefined;
  } finally {
    await probe.end().catch(() => undefined);
  }
}
