import { isDatabaseUnavailable } from './unavailable.js';

/** SQLSTATEs of what whoever runs a command can mend: 08 connection, 28 authentication, 3D no such database, 42501 no permission, 53 resources, 57 shutdown or timeout. */
const CANNOT_BE_USED = /^(08|28|3D|42501|53|57)/;
const NO_SUCH_TABLE = '42P01';

/** Why the database could not be used, in one line for whoever runs a command; undefined for an error of another kind. */
export function databaseProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, meta } = error as Error & {
    code?: string;
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
  };
  const sqlstate = meta?.driverAdapterError?.cause?.originalCode ?? code ?? '';
  // Prisma's message begins with the name of the call; an error of many addresses has a code and no message.
  const said = error.message.trim().split('\n').at(-1) || (code ?? error.name);
  if (sqlstate === NO_SUCH_TABLE) return `the database is not migrated: ${said}`;
  return isDatabaseUnavailable(error) || CANNOT_BE_USED.test(sqlstate)
    ? `the database cannot be used: ${said}`
    : undefined;
}
