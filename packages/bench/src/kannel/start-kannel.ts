import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '@ardor/devstack/child';
import { waitUntilReady } from '@ardor/devstack/ready';
import { createCleanupStack } from '@ardor/runtime/process/cleanup-stack';
import { freePort } from '@ardor/testkit/free-port';
import { findKannel, type ProgramName } from './find-kannel.js';
import { DRIVE_SMPP_BEARERBOX, holdPort } from './hold-port.js';
import { ACCOUNT, kannelConfig } from './kannel-config.js';
import { readStatus } from './read-status.js';

export interface KannelOptions {
  /** An existing folder for the configuration and the logs. */
  readonly folder: string;
  /** The folder of downloaded Debian packages. */
  readonly cacheDir: string;
  readonly log?: (line: string) => void;
}

export interface RunningKannel {
  /** GET it with `&to=…&text=…` added to send a message; it answers 202. */
  readonly url: URL;
  readonly port: number;
  readonly pids: { readonly bearerbox: number; readonly smsbox: number; readonly smsc: number };
  /** How many messages the SMSC has taken so far, by bearerbox's count. */
  submitted(): Promise<number>;
  stop(): Promise<void>;
}

/** Warnings and worse. By default it logs every step of a message, which halves its rate. */
const QUIET = ['-v', '2'];

/** Starts bearerbox, smsbox and Kannel's own SMSC, and waits until a message can go all the way. */
export async function startKannel({ folder, cacheDir, log }: KannelOptions): Promise<RunningKannel> {
  const programs = await findKannel(cacheDir, log);
  const ports = {
    admin: await freePort(),
    smsbox: await freePort(),
    sendsms: await freePort(),
    smsc: await freePort(),
  };
  writeFileSync(join(folder, 'kannel.conf'), kannelConfig(ports));
  const closers = createCleanupStack();
  const stop = async (): Promise<void> => {
    const failures = (await closers.closeAll()).map(({ error }) => error);
    if (failures.length > 0) throw new AggregateError(failures, 'not all of Kannel has stopped');
  };
  const start = async (name: ProgramName, args: readonly string[]): Promise<Child> => {
    const files = { logFile: join(folder, `${name}.log`), pidFile: join(folder, `${name}.pid`) };
    const env = { ...process.env, ...programs.env };
    const child = await startChild({ name, command: programs.command(name), args, cwd: folder, env, ...files });
    closers.defer(name, () => child.stop());
    return child;
  };
  try {
    const held = await holdPort(DRIVE_SMPP_BEARERBOX);
    closers.defer('held port', held.stop);
    // `-m 0`: it sends no messages of its own. `-v 1`: a line per message would cost CPU.
    const smsc = await start('drive_smpp', ['-v', '1', '-p', String(ports.smsc), '-m', '0']);
    const bearerbox = await start('bearerbox', [...QUIET, 'kannel.conf']);
    await waitUntilReady(bearerbox, async () => {
      await readStatus(ports.admin);
    });
    const smsbox = await start('smsbox', [...QUIET, 'kannel.conf']);
    await waitUntilReady(smsbox, () => expectConnected(ports.admin));
    const account = new URLSearchParams(ACCOUNT).toString();
    return {
      url: new URL(`http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms?${account}`),
      port: ports.sendsms,
      pids: { bearerbox: bearerbox.pid, smsbox: smsbox.pid, smsc: smsc.pid },
      submitted: async () => (await readStatus(ports.admin)).sent,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Throws until smsbox and the SMSC are connected to bearerbox. */
async function expectConnected(adminPort: number): Promise<void> {
  const { smscOnline, smsboxOnline } = await readStatus(adminPort);
  if (!smscOnline) throw new Error('the SMSC is not connected');
  if (!smsboxOnline) throw new Error('smsbox is not connected');
}
