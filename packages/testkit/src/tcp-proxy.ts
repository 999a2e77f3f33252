import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface TcpProxy {
  readonly port: number;
  /** While true, responses of the server are thrown away; the client's data still arrive. */
  loseReplies(lose: boolean): void;
  /** Bytes of responses that were thrown away so far. */
  lostBytes(): number;
  /** While true, nothing passes in either direction and connections stay open, like at a hung server. */
  hang(hung: boolean): void;
  /** True cuts open connections. While true, new ones are closed at once. */
  refuse(refused: boolean): void;
  /** From now on what passes takes this long in each direction, in milliseconds. */
  delay(ms: { readonly there: number; readonly back: number }): void;
  /** New connections go there. Open ones stay where they are. */
  retarget(target: { host: string; port: number }): void;
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a proxy between a client and a server that can lose, hold or cut what passes. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let losing = false;
  let lost = 0;
  let hanging = false;
  let refusing = false;
  let delays = { there: 0, back: 0 };
  const later = (ms: number, write: () => unknown): void => {
    if (ms > 0) setTimeout(write, ms);
    else write();
  };
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    if (hanging) pair.forEach((socket) => socket.pause());
    client.on('data', (data) => later(delays.there, () => upstream.write(data)));
    upstream.on('data', (data) => {
      if (losing) lost += data.length;
      else later(delays.back, () => client.write(data));
    });
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) {
      socket.on('close', end);
      socket.on('error', end);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const cut = (): void => pairs.forEach(([client]) => client.destroy());
  return {
    port: address.port,
    loseReplies: (lose) => {
      losing = lose;
    },
    lostBytes: () => lost,
    hang: (hung) => {
      hanging = hung;
      pairs.forEach((pair) => pair.forEach((socket) => (hung ? socket.pause() : socket.resume())));
    },
    refuse: (refused) => {
      refusing = refused;
      if (refused) cut();
    },
    delay: (ms) => {
      delays = ms;
    },
    retarget: (next) => {
      target = next;
    },
    cut,
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Returns the URL with the proxy's port. */
export function through(proxy: TcpProxy, url: string): string {
  const other = new URL(url);
  other.port = String(proxy.port);
  return other.href;
}
