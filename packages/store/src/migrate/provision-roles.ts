import pg from 'pg';
import { LOCK_TIMEOUT_MS } from '../maintenance/owner-session.js';
import { toStoreError } from '../sql/store-error.js';
import { MIGRATION_LOCK, RECORDS } from './migrate.js';
import { MigrationError } from './migration-error.js';
import { ownObjects } from './own-objects.js';
import { readRoleAccounts, type RoleAccount, type RoleUrls } from './role-accounts.js';
import { scramVerifier } from './scram-verifier.js';

/**
 * Creates or updates two roles (docs/adr/0026). One owns the tables: it runs migrations and drops partitions. The other
 * reads and writes rows, and nothing else: the services and the `ardor` command. What an earlier version created
 * as another user becomes the owner's. It may be repeated. Throws MigrationError, and StoreError when the database
 * cannot be used.
 */
export async function provisionRoles(urls: RoleUrls): Promise<{ owner: string; app: string }> {
  const { owner, app } = readRoleAccounts(urls);
  const client = new pg.Client({ connectionString: urls.adminUrl, application_name: 'ardor-migrate' });
  // When the session ends, the query in flight rejects. Without a listener, this event would also end the process.
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      throw toStoreError(error, `${client.host}:${client.port}`);
    });
    await inTransaction(client, () => provision(client, owner, app));
  } finally {
    await client.end();
  }
  return { owner: owner.name, app: app.name };
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    // If the session is gone, the server has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined);
    if (error instanceof MigrationError) throw error;
    const why = error instanceof Error ? error.message : 'unknown';
    throw new MigrationError(`the roles were not changed: ${why}`, { cause: error });
  }
}

async function provision(client: pg.Client, owner: RoleAccount, app: RoleAccount): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const { rows } = await client.query<{ admin: string; superuser: boolean; database: string; schema: string }>(
    `SELECT current_user AS admin, current_setting('is_superuser') = 'on' AS superuser, current_database() AS database,
       current_schema() AS schema`,
  );
  const [place] = rows;
  if (!place) throw new MigrationError('the server does not say who is connected');
  if ([owner.name, app.name].includes(place.admin))
    throw new MigrationError('ADMIN_DATABASE_URL must name another user than the two that are made');
  const name = (identifier: string): string => client.escapeIdentifier(identifier);
  const [ownerName, appName, schema] = [name(owner.name), name(app.name), name(place.schema)];
  for (const role of [owner, app]) await createRole(client, role);
  // Needed to give objects to the owner, and to act for it.
  if (!place.superuser) await client.query(`GRANT ${ownerName} TO ${name(place.admin)}`);
  await client.query(`
    REVOKE ALL ON DATABASE ${name(place.database)} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name(place.database)} TO ${ownerName}, ${appName};
    REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${ownerName};
    GRANT USAGE ON SCHEMA ${schema} TO ${appName};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA ${schema} GRANT EXECUTE ON ROUTINES TO ${appName};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${appName};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerName} IN SCHEMA ${schema}
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${appName}`);
  await client.query(RECORDS);
  await ownObjects(client, { owner: owner.name, app: app.name });
  // A service has no business with the list of the migrations, and must not make one look applied.
  await client.query(`REVOKE ALL ON _prisma_migrations FROM ${appName}`);
}

/** A role that logs in and has no right of its own. One that exists must not have more. */
async function createRole(client: pg.Client, { name, password }: RoleAccount): Promise<void> {
  const role = client.escapeIdentifier(name);
  const { rows } = await client.query<{ powers: string | null }>(
    `SELECT concat_ws(', ', CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreatedb THEN 'CREATEDB' END,
       CASE WHEN rolcreaterole THEN 'CREATEROLE' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
       CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
       (SELECT string_agg('member of ' || roleid::regrole, ', ') FROM pg_auth_members WHERE member = pg_roles.oid)) AS powers
     FROM pg_roles WHERE rolname = $1`,
    [name],
  );
  const [existing] = rows;
  if (existing?.powers)
    throw new MigrationError(`the role ${name} exists and may do more than it should: ${existing.powers}`);
  const verb = existing ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(scramVerifier(password))}`);
}
