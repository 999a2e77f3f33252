import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianPackages } from '@ardor/devstack/debian';
import { onPath } from '@ardor/devstack/on-path';

/** Where Debian puts them, below `/`. The SMSCs are Kannel's own test programs, out of package kannel-extras. */
const PLACES = {
  bearerbox: 'usr/sbin/bearerbox',
  smsbox: 'usr/sbin/smsbox',
  fakesmsc: 'usr/lib/kannel/test/fakesmsc',
  drive_smpp: 'usr/lib/kannel/test/drive_smpp',
} as const;

type ProgramName = keyof typeof PLACES;

export interface KannelPrograms {
  /** The full path of each program. */
  commands: Record<ProgramName, string>;
  /** What the programs need on top of the environment. */
  env: NodeJS.ProcessEnv;
}

/** Finds Kannel on this machine, or fetches Debian's without root. Throws where it cannot be had. */
export async function findKannel(cacheDir: string, log?: (line: string) => void): Promise<KannelPrograms> {
  const installed = commandsBy(installedPath);
  if (installed) return { commands: installed, env: {} };
  const { root, env } = await fetchDebianPackages({ packages: ['kannel', 'kannel-extras'], cacheDir, log });
  // With kannel installed and kannel-extras not, only the latter is fetched: each program is looked for in both places.
  const commands = commandsBy((name) => installedPath(name) ?? existing(join(root, PLACES[name])));
  if (!commands) throw new Error(`Debian's kannel and kannel-extras lack one of ${Object.keys(PLACES).join(', ')}`);
  return { commands, env };
}

function commandsBy(find: (name: ProgramName) => string | undefined): KannelPrograms['commands'] | undefined {
  const [bearerbox, smsbox] = [find('bearerbox'), find('smsbox')];
  const [fakesmsc, drive_smpp] = [find('fakesmsc'), find('drive_smpp')];
  return bearerbox && smsbox && fakesmsc && drive_smpp ? { bearerbox, smsbox, fakesmsc, drive_smpp } : undefined;
}

/** PATH seldom leads to /usr/sbin, and never to the test programs. */
function installedPath(name: ProgramName): string | undefined {
  return onPath(name) ?? existing(join('/', PLACES[name]));
}

function existing(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}
