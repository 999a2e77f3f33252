import { MigrationError } from './migration-error.js';

/** The user and the password of a role, as its URL has them. */
export interface RoleAccount {
  readonly name: string;
  readonly password: string;
}

export interface RoleUrls {
  /** Of a superuser, or of a role that owns the database and may create roles. */
  readonly adminUrl: string;
  /** Of the role that is to own the tables. */
  readonly ownerUrl: string;
  /** Of the role that is to read and write rows only. */
  readonly appUrl: string;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** Reads the two accounts. Throws MigrationError when the URLs cannot be those of two roles of one database. */
export function readRoleAccounts({ adminUrl, ownerUrl, appUrl }: RoleUrls): { owner: RoleAccount; app: RoleAccount } {
  const owner = accountOf('MAINTENANCE_DATABASE_URL', ownerUrl);
  const app = accountOf('DATABASE_URL', appUrl);
  if (owner.name === app.name)
    throw new MigrationError('DATABASE_URL and MAINTENANCE_DATABASE_URL must name two users');
  if (new Set([adminUrl, ownerUrl, appUrl].map((url) => new URL(url).pathname)).size > 1)
    throw new MigrationError('ADMIN_DATABASE_URL, MAINTENANCE_DATABASE_URL and DATABASE_URL must name one database');
  return { owner, app };
}

function accountOf(variable: string, url: string): RoleAccount {
  const { username, password } = new URL(url);
  try {
    const account = { name: decodeURIComponent(username), password: decodeURIComponent(password) };
    if (account.name !== '' && PRINTABLE_ASCII.test(account.password)) return account;
  } catch (error) {
    // A percent sign that begins no escape.
    if (!(error instanceof URIError)) throw error;
  }
  throw new MigrationError(
    `${variable} must have a user, and a password of printable ASCII characters, percent-encoded`,
  );
}
