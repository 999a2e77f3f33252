import { type Child, startChild } from '@ardor/devstack/child';
import type { KannelPrograms } from './find-kannel.js';
import { DRIVE_SMPP_BEARERBOX, holdPort } from './hold-port.js';
import type { SmscKind } from './kannel-config.js';

/** Starts one of Kannel's programs; its output goes to `<name>.log` in the folder that Kannel runs in. */
export type StartProgram = (name: keyof KannelPrograms['commands'], args: readonly string[]) => Promise<Child>;

export interface RunningSmsc {
  child: Child;
  stop(): Promise<unknown>;
}

/** How to start programs below this folder. */
export function programStarter(programs: KannelPrograms, folder: string): StartProgram {
  return (name, args) =>
    startChild({
      name,
      command: programs.commands[name],
      args,
      cwd: folder,
      env: { ...process.env, ...programs.env },
      logFile: `${folder}/${name}.log`,
      pidFile: `${folder}/${name}.pid`,
    });
}

/** drive_smpp is a server that bearerbox connects to; fakesmsc connects to bearerbox, and ends when it is not there. */
export function startsBeforeBearerbox(kind: SmscKind): boolean {
  return kind === 'smpp';
}

/** `-m 0`: it sends no messages of its own. `-v`: at most a line at the end, since a line per message costs. */
export async function startSmsc(kind: SmscKind, port: number, start: StartProgram): Promise<RunningSmsc> {
  if (kind === 'fake') {
    const words = ['-H', '127.0.0.1', '-r', String(port), '-v', '4', '-m', '0', '1 2 text none'];
    const child = await start('fakesmsc', words);
    return { child, stop: () => child.stop() };
  }
  const held = await holdPort(DRIVE_SMPP_BEARERBOX);
  try {
    const child = await start('drive_smpp', ['-v', '1', '-p', String(port), '-m', '0']);
    return { child, stop: () => child.stop().finally(() => held.stop()) };
  } catch (error) {
    await held.stop();
    throw error;
  }
}
