import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type Home = ReturnType<typeof prepareHome>;

/** Makes the folder of all that one checkout creates: `.ardor/`, or what ARDOR_HOME names. Git ignores it. */
export function prepareHome(checkout: string, chosen: string) {
  const root = chosen === '' ? join(checkout, '.ardor') : resolve(chosen);
  const [logs, run, tools] = [join(root, 'logs'), join(root, 'run'), join(root, 'tools')];
  for (const folder of [logs, run, tools]) mkdirSync(folder, { recursive: true });
  return {
    root,
    postgres: join(root, 'data', 'postgres'),
    redis: join(root, 'data', 'redis'),
    logs,
    /** Holds the pid files of the running services. */
    run,
    /** Downloaded programs. */
    tools,
    masterKey: join(root, 'master.key'),
    dashboardPassword: join(root, 'dashboard.password'),
  };
}
