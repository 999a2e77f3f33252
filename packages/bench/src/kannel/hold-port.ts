import { type Server, type Socket, createServer } from 'node:net';
import { waitFor } from '@ardor/runtime/wait-for';

export interface HeldPort {
  stop(): Promise<void>;
}

/** drive_smpp connects to a bearerbox on this port, and has no option to change it. */
export const DRIVE_SMPP_BEARERBOX = 13_001;

/**
 * Listens on a port and ignores what connections say. drive_smpp ends when nobody listens on 13001, and would answer the
 * messages of a real Kannel there. So it gets a mute listener of ours. While another program has the port, most likely a
 * second measurement, this waits.
 */
export async function holdPort(port: number, withinMs = 30_000): Promise<HeldPort> {
  const sockets = new Set<Socket>();
  const server = await waitFor(() => listen(port, sockets), { withinMs, everyMs: 200 }).catch((cause: unknown) => {
    throw new Error(`port ${port} is taken by another program, and drive_smpp would connect to it`, { cause });
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(port: number, sockets: Set<Socket>): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.resume();
    });
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}
