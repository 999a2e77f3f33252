import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return address.port;
}

/** Connections that the server holds. */
export const connectionCount = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));

/** Opens a connection and writes the parts, each as a packet of its own. */
export async function openRaw(server: Server, parts: readonly (string | Buffer)[]): Promise<Socket> {
  const socket = connect(portOf(server), '127.0.0.1').setNoDelay(true);
  // A server may cut off what it has answered.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (const part of parts) {
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    // The server of this very process reads the packet before the next one is written.
    await setImmediate();
  }
  return socket;
}

/** The answers to the parts, which are one request or several; rejects when the server closes before so many. */
export async function rawAnswers(
  server: Server,
  parts: readonly (string | Buffer)[],
  count = 1,
  bodies = true,
): Promise<RawAnswer[]> {
  const socket = await openRaw(server, parts);
  try {
    const answers: RawAnswer[] = [];
    let rest = '';
    for await (const data of socket as AsyncIterable<Buffer>) {
      rest += data.toString('latin1');
      for (let read = parse(rest, bodies); read; read = parse(rest, bodies)) {
        answers.push(read.answer);
        rest = rest.slice(read.length);
      }
      if (answers.length >= count) return answers;
    }
    throw new Error(`closed after ${answers.length} of ${count} answers`);
  } finally {
    socket.destroy();
  }
}

/** The first answer of a text in latin1, when it is there as a whole. */
function parse(text: string, withBody: boolean): { answer: RawAnswer; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = end + 4 + (withBody ? Number(headers['content-length'] ?? 0) : 0);
  if (text.length < length) return undefined;
  const body = Buffer.from(text.slice(end + 4, length), 'latin1').toString('utf8');
  return { answer: { status: Number(first.split(' ')[1]), headers, body }, length };
}

/** The head of a POST and its body, whose length is told unless `headers` say something else. */
export function rawPost(path: string, body: string | Buffer, headers: Record<string, string> = {}): [string, Buffer] {
  const content = Buffer.from(body);
  const all = { host: 'x', 'content-type': 'application/json', 'content-length': String(content.length), ...headers };
  return [`POST ${path} HTTP/1.1\r\n${headLines(all)}\r\n`, content];
}

export const headLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
