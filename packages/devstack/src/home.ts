import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The ignored folder that holds everything one checkout makes: data, logs, secrets, downloaded tools. */
export interface Home {
  root: string;
  postgres: string;
  redis: string;
  logs: string;
  /** pid files of the running children. */
  run: string;
  tools: string;
  masterKey: string;
  dashboardPassword: string;
}

/** Makes `.ardor/` in the checkout, or what ARDOR_HOME names. */
export function prepareHome(checkout: string, chosen: string | undefined): Home {
  const root = chosen === undefined ? join(checkout, '.ardor') : resolve(chosen);
  const home: Home = {
    root,
    postgres: join(root, 'data', 'postgres'),
    redis: join(root, 'data', 'redis'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    tools: join(root, 'tools'),
    masterKey: join(root, 'master.key'),
    dashboardPassword: join(root, 'dashboard.password'),
  };
  // Open for passing through: started by root, Postgres runs as another user. What is secret has a mode of its own.
  for (const folder of [root, home.logs, home.run, home.tools]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  return home;
}
