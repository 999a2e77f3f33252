import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';

export interface BlackHole {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens with a queue of one, and never takes anything off it. */
const PROGRAM = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
const FILLERS = 20;
const CONNECT_MS = 100;

/** An address where a connection is neither made nor refused: a process that hangs, its queue full. */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))));
  const fillers: Socket[] = [];
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of fillers) socket.destroy();
      child.once('close', () => resolve());
      child.kill('SIGKILL');
    });
  while (fillers.length < FILLERS) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(socket);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      setTimeout(resolve, CONNECT_MS, false);
    });
    if (!connected) return { url: `http://127.0.0.1:${port}`, stop };
  }
  await stop();
  throw new Error(`this system makes ${FILLERS} connections that nobody takes`);
}
