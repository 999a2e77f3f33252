import { createHash } from 'node:crypto';

/** The limit protects the server's memory from code that builds statements with ever new texts. */
const MAX_NAMES = 200;

/** Names a statement for the server's cache of plans. */
export type NameStatement = (sql: string) => string;

/**
 * Names prepared statements, so that a connection plans each of them once and not at every call. Planning a statement
 * on messages and their partitions takes as long as running it. Above the limit the name is empty: PostgreSQL then
 * keeps no plan.
 */
export function createStatementNames(): NameStatement {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MAX_NAMES) return '';
    const name = `ardor_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
    return name;
  };
}
