import { createHash } from 'node:crypto';

/** Statements that are planned once a connection, at most: what is built by program could have any number of texts. */
const MOST = 200;

/**
 * Names for prepared statements, so that a connection plans each once and not at every call: planning one for messages and
 * their partitions takes as long as running it. Undefined where a statement is not to be prepared.
 */
export function createStatementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // An empty name is PostgreSQL's for a statement that is not kept.
    if (names.size >= MOST) return '';
    const name = `ardor_${createHash('sha256').update(sql).digest('base64url').slice(0, 16)}`;
    names.set(sql, name);
    return name;
  };
}
