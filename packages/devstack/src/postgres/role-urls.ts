/** The three users of a local Postgres, as the variables that lead to them (docs/adr/0026). */
export interface RoleUrls {
  /** The superuser of the cluster: `ardor migrate --roles` makes the other two. */
  readonly ADMIN_DATABASE_URL: string;
  /** Owns the tables: migrations, and the worker's dropping of partitions. */
  readonly MAINTENANCE_DATABASE_URL: string;
  /** Reads and writes rows: the services and the `ardor` command. */
  readonly DATABASE_URL: string;
}

/** `passwordOf` gives the password of a role. */
export function roleUrls(adminUrl: string, passwordOf: (role: 'owner' | 'app') => string): RoleUrls {
  return {
    ADMIN_DATABASE_URL: adminUrl,
    MAINTENANCE_DATABASE_URL: asUser(adminUrl, 'ardor_owner', passwordOf('owner')),
    DATABASE_URL: asUser(adminUrl, 'ardor_app', passwordOf('app')),
  };
}

function asUser(url: string, name: string, password: string): string {
  const other = new URL(url);
  other.username = name;
  other.password = password;
  return other.href;
}
