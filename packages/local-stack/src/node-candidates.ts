import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Every program that may be a Node of this machine: `node` on PATH, and the versions that nvm, fnm, volta, n, asdf and
 * mise keep. Each once, whatever leads to it, under the first path that does: the shims of a version manager go by the name they are called by.
 */
export function nodeCandidates(env: Env, home: string): string[] {
  const onPath = (env['PATH'] ?? '')
    .split(':')
    .filter(Boolean)
    .map((folder) => join(folder, 'node'));
  const seen = new Map<string, string>();
  for (const path of [...onPath, ...versionFolders(env, home).flatMap(versionsIn)]) {
    const real = realPath(path);
    if (real !== undefined && !seen.has(real)) seen.set(real, path);
  }
  return [...seen.values()];
}

/** A folder with a folder for each version, and where in that the program is. */
type VersionFolder = readonly [folder: string, program: string];

function versionFolders(env: Env, home: string): VersionFolder[] {
  const data = env['XDG_DATA_HOME'] || join(home, '.local/share');
  const roots = (variable: string, ...usual: string[]): string[] => [env[variable] ?? '', ...usual].filter(Boolean);
  const keeps = (folders: string[], within: string, program = 'bin/node'): VersionFolder[] =>
    folders.map((folder) => [join(folder, within), program]);
  return [
    ...keeps(
      roots('NVM_DIR', join(home, '.nvm'), join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'nvm')),
      'versions/node',
    ),
    ...keeps(
      roots('FNM_DIR', join(data, 'fnm'), join(home, '.fnm'), join(home, 'Library/Application Support/fnm')),
      'node-versions',
      'installation/bin/node',
    ),
    ...keeps(roots('VOLTA_HOME', join(home, '.volta')), 'tools/image/node'),
    ...keeps(roots('N_PREFIX', join(home, 'n'), join(home, '.n')), 'n/versions/node'),
    ...keeps(roots('ASDF_DATA_DIR', join(home, '.asdf')), 'installs/nodejs'),
    ...keeps(roots('MISE_DATA_DIR', join(data, 'mise')), 'installs/node'),
  ];
}

function versionsIn([folder, program]: VersionFolder): string[] {
  try {
    return readdirSync(folder).map((version) => join(folder, version, program));
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
