import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type Home = ReturnType<typeof prepareHome>;

/**
 * Makes the folder of all that one checkout creates: `.ardor/`, or what ARDOR_HOME names. Git ignores it. Only its user may
 * enter it, because keys, passwords, data and logs are there.
 */
export function prepareHome(checkout: string, chosen: string) {
  const root = chosen === '' ? join(checkout, '.ardor') : resolve(chosen);
  const [logs, run, tools, data] = [join(root, 'logs'), join(root, 'run'), join(root, 'tools'), join(root, 'data')];
  for (const folder of [root, logs, run, tools, data]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // An earlier version may have made it.
    chmodSync(folder, 0o700);
  }
  return {
    root,
    postgres: join(data, 'postgres'),
    redis: join(data, 'redis'),
    logs,
    /** Holds the pid files of the running services. */
    run,
    /** Downloaded programs. */
    tools,
    masterKey: join(root, 'master.key'),
    dashboardPassword: join(root, 'dashboard.password'),
  };
}
