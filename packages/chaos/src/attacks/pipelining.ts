import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Attack } from '../attack.js';

/**
 * Sends many small requests on a connection without waiting for a response: `connections` times `requests` of them, at once, and again
 * when all are answered or cut off.
 */
export const attack: Attack = {
  summary: 'Pipelines thousands of requests for an unknown path on each of sixty connections.',
  run: async ({ api, seconds, option }) => {
    const [connections, requests] = [Number(option('connections', '60')), Number(option('requests', '4000'))];
    const packet = Buffer.from('GET /x HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(requests));
    const { hostname, port } = new URL(api);
    const endsAt = performance.now() + seconds * 1000;
    let [rounds, bytes] = [0, 0];
    while (performance.now() < endsAt) {
      const sockets = Array.from({ length: connections }, () => send(Number(port), hostname, packet));
      await Promise.race([Promise.all(sockets.map(closed)), setTimeout(endsAt - performance.now())]);
      bytes += sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
      sockets.forEach((socket) => socket.destroy());
      rounds++;
    }
    return [`${rounds} rounds of ${connections} × ${requests} requests; ${bytes} bytes of responses`];
  },
};

function send(port: number, host: string, packet: Buffer): Socket {
  const socket = connect(port, host).on('error', () => undefined);
  // A server answers what it will before it closes its side too.
  socket.resume().end(packet);
  return socket;
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
