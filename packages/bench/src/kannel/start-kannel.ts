import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { type Child, describeExit } from '@ardor/devstack/child';
import { waitFor } from '@ardor/runtime/wait-for';
import { freePort } from '@ardor/testkit/free-port';
import { findKannel } from './find-kannel.js';
import { type KannelPorts, type SmscKind, type StoreKind, ACCOUNT, kannelConfig } from './kannel-config.js';
import { readStatus } from './read-status.js';
import { programStarter, startSmsc, startsBeforeBearerbox } from './start-smsc.js';

export interface KannelOptions {
  /** The configuration, the logs and the spool are written here. Made when missing. */
  folder: string;
  /** Where Debian's packages are kept once fetched. */
  cacheDir: string;
  /** Progress, one line without a newline at a time. */
  log?: ((line: string) => void) | undefined;
  smsc?: SmscKind;
  store?: StoreKind;
}

export interface RunningKannel {
  /** GET it with `&to=…&text=…` added to send a message; answers 202. */
  url: string;
  pids: { bearerbox: number; smsbox: number; smsc: number };
  /** How many messages the SMSC has taken so far, by bearerbox's count. */
  submitted(): Promise<number>;
  stop(): Promise<void>;
}

/** Warnings and worse: what it logs unless told otherwise, every step of every message, halves what it submits. */
const QUIET = ['-v', '2'];

/** Starts bearerbox, smsbox and an SMSC of Kannel's own, and waits until a message can go all the way. */
export async function startKannel(options: KannelOptions): Promise<RunningKannel> {
  const { smsc = 'smpp', store = 'memory', log } = options;
  const folder = resolve(options.folder);
  const programs = await findKannel(options.cacheDir, log);
  const ports = await pickPorts();
  mkdirSync(join(folder, 'spool'), { recursive: true });
  writeFileSync(join(folder, 'kannel.conf'), kannelConfig(ports, smsc, store));
  const start = programStarter(programs, folder);
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(part: T): T => (running.push(part), part);
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const part of running.splice(0).reverse()) await part.stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not all of Kannel has stopped');
  };
  try {
    const early = startsBeforeBearerbox(smsc) ? keep(await startSmsc(smsc, ports.smsc, start)) : undefined;
    const bearerbox = keep(await start('bearerbox', [...QUIET, 'kannel.conf']));
    await untilTrue(() => accepts(ports.smsbox), [bearerbox]);
    const { child } = early ?? keep(await startSmsc(smsc, ports.smsc, start));
    const smsbox = keep(await start('smsbox', [...QUIET, 'kannel.conf']));
    await untilTrue(() => isReady(ports), [bearerbox, smsbox, child]);
    log?.(`Kannel takes messages on 127.0.0.1:${ports.sendsms} (store: ${store}, SMSC: ${child.name})`);
    return {
      url: `http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms?${new URLSearchParams(ACCOUNT).toString()}`,
      pids: { bearerbox: bearerbox.pid, smsbox: smsbox.pid, smsc: child.pid },
      submitted: async () => (await readStatus(ports.admin)).sent,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function pickPorts(): Promise<KannelPorts> {
  return { admin: await freePort(), smsbox: await freePort(), sendsms: await freePort(), smsc: await freePort() };
}

/** Asks until the answer is true; throws at once, with its last words, when one of the programs has ended. */
async function untilTrue(ask: () => Promise<boolean>, needed: readonly Child[]): Promise<void> {
  const ended = new AbortController();
  for (const child of needed) void child.exited.then((exit) => ended.abort(new Error(describeExit(child, exit))));
  await waitFor(ask, { withinMs: 30_000, signal: ended.signal });
}

async function isReady({ admin }: KannelPorts): Promise<boolean> {
  const status = await readStatus(admin);
  return status.smscOnline && status.smsboxOnline;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
