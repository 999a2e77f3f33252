/** Migrated once a run; every test file has a copy of its own. */
export const TEMPLATE_DATABASE = 'ardor_template';

/** The same server's other database. */
export function inDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
