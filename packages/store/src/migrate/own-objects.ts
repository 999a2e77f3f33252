import type pg from 'pg';

interface Statement {
  readonly sql: string;
}

/**
 * Gives the owner all that an earlier version created in this schema as the user of the migrations or as the admin, and
 * gives the application its rights on it. The default privileges cover what the owner creates later. What an extension
 * created is left alone.
 */
export async function ownObjects(client: pg.Client, { owner, app }: { owner: string; app: string }): Promise<void> {
  for (const text of [MOVE_RELATIONS, MOVE_ROUTINES, MOVE_TYPES]) await runAll(client, text, [owner]);
  for (const text of [GRANT_TABLES, GRANT_ROUTINES]) await runAll(client, text, [owner, app]);
}

async function runAll(client: pg.Client, text: string, values: string[]): Promise<void> {
  const { rows } = await client.query<Statement>(text, values);
  for (const { sql } of rows) await client.query(sql);
}

/** The users whose objects are moved. */
const FORMER_OWNERS = `(
  SELECT relowner FROM pg_class WHERE oid = '_prisma_migrations'::regclass
  UNION SELECT oid FROM pg_roles WHERE rolname = current_user)`;
const OF_SCHEMA = `= (SELECT relnamespace FROM pg_class WHERE oid = '_prisma_migrations'::regclass)`;
const NOT_OF_EXTENSION = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e')`;

/** Partitioned tables come first, as in every statement on them, so that two cannot wait for each other. */
const MOVE_RELATIONS = `
  SELECT format('ALTER %s %s OWNER TO %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
    c.oid::regclass, $1::text) AS sql
  FROM pg_class c
  WHERE c.relnamespace ${OF_SCHEMA} AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner IN ${FORMER_OWNERS}
    AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = $1) AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
    -- A sequence of a column goes with its table.
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND c.relkind = 'S' AND deptype IN ('a', 'i'))
  -- The records come last: they tell whose objects are moved.
  ORDER BY c.relname = '_prisma_migrations', c.relkind <> 'p', c.relname`;

const MOVE_ROUTINES = `
  SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, $1::text) AS sql FROM pg_proc
  WHERE pronamespace ${OF_SCHEMA} AND proowner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND proname LIKE 'ardor\\_%' AND ${NOT_OF_EXTENSION('pg_proc', 'pg_proc.oid')}`;

const MOVE_TYPES = `
  SELECT format('ALTER TYPE %s OWNER TO %I', oid::regtype, $1::text) AS sql FROM pg_type
  WHERE typnamespace ${OF_SCHEMA} AND typtype IN ('e', 'd') AND typowner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
    AND typname IN ('lane', 'on_unknown', 'message_status') AND ${NOT_OF_EXTENSION('pg_type', 'pg_type.oid')}`;

/** Partitions are reached through their table. */
const GRANT_TABLES = `
  SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', c.oid::regclass, $2::text) AS sql FROM pg_class c
  WHERE c.relnamespace ${OF_SCHEMA} AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)
  UNION ALL
  SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', c.oid::regclass, $2::text) FROM pg_class c
  WHERE c.relnamespace ${OF_SCHEMA} AND c.relkind = 'S' AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = $1)`;

const GRANT_ROUTINES = `
  SELECT format('REVOKE ALL ON ROUTINE %1$s FROM PUBLIC', oid::regprocedure) || '; '
    || format('GRANT EXECUTE ON ROUTINE %s TO %I', oid::regprocedure, $2::text) AS sql
  FROM pg_proc WHERE pronamespace ${OF_SCHEMA} AND proowner = (SELECT oid FROM pg_roles WHERE rolname = $1)`;
