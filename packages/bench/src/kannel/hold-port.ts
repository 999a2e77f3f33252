import { type Server, type Socket, createServer } from 'node:net';
import { waitFor } from '@ardor/runtime/wait-for';

export interface HeldPort {
  stop(): Promise<void>;
}

/** Where drive_smpp looks for a bearerbox, to play an smsbox for it; no option of its changes that. */
export const DRIVE_SMPP_BEARERBOX = 13_001;

/**
 * Listens on a port, takes connections and ignores what they say. drive_smpp ends when nobody listens on 13001; when
 * somebody does who is no test, it would answer the messages of a Kannel in earnest. So it gets a mute one of ours, and
 * nothing is started while the port is another's (most likely a second measurement's, which is why it waits).
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
