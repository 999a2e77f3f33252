import type { Socket } from 'node:net';
import type { ServedRequest } from '@ardor/runtime/process/listen';
import { answerClientError } from './client-error.js';
import type { AdapterOptions } from './express-adapter.js';
import type { FoundRoute } from './find-route.js';
import { readPlainHead, type PlainHead } from './plain-head.js';
import { rawReply } from './raw-reply.js';
import { requestId } from './request-id.js';

export interface PlainOptions extends Pick<AdapterOptions, 'answer' | 'observe' | 'draining'> {
  readonly find: (path: string) => FoundRoute | undefined;
  /** Between two requests, in milliseconds. */
  readonly keepAliveMs: number;
  /** For all bytes of one request, in milliseconds. */
  readonly requestMs: number;
  /** Takes over a connection whose next request is not plain, with all that has been read and not answered. */
  readonly handOver: (socket: Socket) => void;
}

export interface PlainConnection {
  /** What a close has to wait for: a request, an answer that has not left, or what may follow on it. None while idle. */
  readonly underWay: () => ServedRequest | undefined;
  readonly destroy: () => void;
}

/** A request whose body has not come as a whole. */
interface Arriving {
  readonly found: FoundRoute;
  readonly head: PlainHead;
  readonly pieces: Buffer[];
  /** Bytes that are still to come. */
  missing: number;
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * For so long after an answer a connection is not idle to a server that closes: its client's next request may be on the wire, and is
 * answered with `connection: close`. In milliseconds.
 */
const NEXT_REQUEST_MS = 300;

const END_OF_HEAD = '\r\n\r\n';
/** Node's own limit (--max-http-header-size): who exceeds it is told so by Node. */
const MOST_HEAD_BYTES = 16_384;

/**
 * Serves the plain requests of one connection straight on its socket, one after the other, for half of what node:http takes of
 * a request (docs/adr/0016). At the first that is not plain the connection goes to `handOver` for good.
 */
export function servePlain(socket: Socket, options: PlainOptions): PlainConnection {
  const { answer, observe, draining, find, keepAliveMs, requestMs } = options;
  let busy = false;
  let answeredAt = -Infinity;
  let halfClosed = false;
  let arriving: Arriving | undefined;
  const destroy = (): void => void socket.destroy();

  const onData = (chunk: Buffer): void => {
    if (busy) postpone(chunk);
    else if (arriving) gather(arriving, chunk);
    else begin(chunk);
  };

  const begin = (chunk: Buffer): void => {
    const startedAt = performance.now();
    const end = chunk.indexOf(END_OF_HEAD);
    const head = end < 0 || end > MOST_HEAD_BYTES ? undefined : readPlainHead(chunk.toString('latin1', 0, end));
    const found = head && find(head.path);
    if (!found || head.length > found.route.maxBodyBytes) {
      leave(chunk);
      return;
    }
    const rest = chunk.subarray(end + END_OF_HEAD.length);
    if (rest.length >= head.length) {
      serve(found, head, rest, startedAt);
      return;
    }
    const timer = setTimeout(() => breakOff('ERR_HTTP_REQUEST_TIMEOUT'), requestMs);
    arriving = { found, head, pieces: [rest], missing: head.length - rest.length, startedAt, timer };
  };

  const gather = (request: Arriving, chunk: Buffer): void => {
    request.pieces.push(chunk);
    request.missing -= chunk.length;
    if (request.missing > 0) return;
    clearTimeout(request.timer);
    arriving = undefined;
    serve(request.found, request.head, Buffer.concat(request.pieces), request.startedAt);
  };

  const serve = ({ route, params }: FoundRoute, head: PlainHead, bytes: Buffer, startedAt: number): void => {
    busy = true;
    const { length, contentType, authorization } = head;
    if (bytes.length > length) postpone(bytes.subarray(length));
    const id = requestId(head.requestId);
    const body = bytes.length > length ? bytes.subarray(0, length) : bytes;
    answer(route, { id, contentType, authorization, params, body }, (reply) => {
      busy = false;
      answeredAt = performance.now();
      const last = halfClosed || head.last || draining();
      write(rawReply(reply, id, last ? undefined : keepAliveMs), last);
      observe(route.path, reply, (performance.now() - startedAt) / 1000);
    });
  };

  const write = (text: string, last: boolean): void => {
    if (socket.destroyed) return;
    const flushed = socket.write(text);
    if (last) {
      stopReading();
      socket.destroySoon();
    }
    // Who does not read answers is not read either.
    else if (!flushed) socket.pause().once('drain', () => socket.resume());
    else if (socket.isPaused()) socket.resume();
  };

  /** Comes again as data when the request under way has been answered. */
  const postpone = (chunk: Buffer): void => {
    socket.pause();
    socket.unshift(chunk);
  };

  const leave = (chunk: Buffer): void => {
    detach();
    postpone(chunk);
    options.handOver(socket.setTimeout(0));
    socket.resume();
  };

  /** The request that is arriving will not come to its end. */
  const breakOff = (code: string): void => {
    stopReading();
    answerClientError(Object.assign(new Error(code), { code }), socket);
  };

  /** What comes after the last answer is not asked of anybody. */
  const stopReading = (): void => {
    clearTimeout(arriving?.timer);
    arriving = undefined;
    socket.off('data', onData).pause();
  };

  const onEnd = (): void => {
    halfClosed = true;
    if (arriving) breakOff('HPE_INVALID_EOF_STATE');
    else if (!busy) socket.end();
  };

  const onClose = (): void => clearTimeout(arriving?.timer);

  const waitsForClient = (): boolean =>
    arriving !== undefined || socket.writableLength > 0 || performance.now() - answeredAt < NEXT_REQUEST_MS;
  const underWay = (): ServedRequest | undefined =>
    busy || waitsForClient() ? { complete: busy, destroy } : undefined;
  const onTimeout = (): void => {
    if (!busy && !arriving) destroy();
  };
  const listeners = { data: onData, end: onEnd, close: onClose, timeout: onTimeout, error: () => undefined };
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
  const detach = (): void => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
  };
  socket.setTimeout(keepAliveMs);
  return { underWay, destroy };
}
