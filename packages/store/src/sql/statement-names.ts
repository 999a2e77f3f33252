import { createHash } from 'node:crypto';

/** Statements that are planned once a connection, at most: what is built by program could have any number of texts. */
const MOST = 200;

/**
 * Names for prepared statements, so that a connection plans each once and not at every call: planning one for messages and
 * their partitions takes as long as running it. Empty, PostgreSQL's name for what is not kept, for a statement too many.
 */
export function createStatementNames(): (sql: string) => string {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MOST) return '';
    const name = `ardor_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
    return name;
  };
}
