import { Readable } from 'node:stream';
import type { Outcome } from '@ardor/domain/message/outcome';
import { Pool } from 'undici';
import type { CallObserver, Gateway } from '../gateway.js';
import { CarrierStatusError, outcomeOfTransportFailure } from '../transport-failure.js';
import { parseLookupResponse } from './parse-lookup-response.js';
import { parseSendResponse, type SendResponse } from './parse-send-response.js';

export interface SimulatorGatewayOptions {
  /** SIMULATOR_URL. */
  readonly url: string;
  /** The URL where the carrier brings this message's receipt. */
  readonly callbackUrl: (id: string) => string;
  /** The longest time for one call, in milliseconds. */
  readonly timeoutMs: number;
  /** Connections at most; a call beyond them waits for one inside its own timeout. */
  readonly connections: number;
  readonly deduplicates: boolean;
  readonly observer: CallObserver;
}

/** Statuses of a carrier that works: 429 only asks for a slower pace, 404 answers a lookup of an unknown message. */
const SEND_WORKS = [200, 429];
const LOOKUP_WORKS = [200, 404, 429];
const LOOKUP_CONNECTIONS = 16;
/** Longer than any response with 100 results. */
const MAX_RESPONSE_BYTES = 1_000_000;

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: Readable;
}

/** The development carrier's protocol: HTTP and JSON, up to 100 messages a call. */
export function createSimulatorGateway(options: SimulatorGatewayOptions): Gateway {
  const { observer } = options;
  const base = new URL(options.url);
  const path = (tail: string): string => `${base.pathname.replace(/\/$/, '')}/${tail}`;
  const poolOptions = {
    pipelining: 1,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // Without a limit, close() would wait for a connection that is still being made.
    connect: { timeout: options.timeoutMs },
  };
  const sends = new Pool(base.origin, { ...poolOptions, connections: options.connections });
  // Lookups have connections of their own, so a carrier that is slow to answer them holds up no send.
  const lookups = new Pool(base.origin, { ...poolOptions, connections: LOOKUP_CONNECTIONS });
  const call = async (pool: Pool, request: Request, working: readonly number[]): Promise<SendResponse> => {
    const { statusCode, headers, body } = await pool.request({
      ...request,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    const retryAfter = headers['retry-after'];
    const response = {
      status: statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: await body.text(),
    };
    if (working.includes(statusCode)) observer.succeeded();
    else observer.failed(new CarrierStatusError(statusCode));
    return response;
  };
  return {
    name: 'simulator',
    deduplicates: options.deduplicates,
    send: async (messages, canStillSend = () => true) => {
      const fields = messages.map(({ id, to, text }) => ({
        reference: id,
        to,
        text,
        callback_url: options.callbackUrl(id),
      }));
      const body = JSON.stringify({ messages: fields });
      const write = { begun: false, tooLate: false };
      // The pool reads the body when it writes the request. A body that was never read was certainly not sent.
      const stream = new Readable({
        read() {
          if (!canStillSend()) {
            write.tooLate = true;
            this.destroy(new Error('too late to send'));
            return;
          }
          write.begun = true;
          this.push(body);
          this.push(null);
        },
      });
      const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      try {
        const request = { method: 'POST', path: path('messages'), headers, body: stream } as const;
        return parseSendResponse(await call(sends, request, SEND_WORKS), messages);
      } catch (error) {
        // Our own clock stopped the call; the carrier has nothing to do with it.
        if (write.tooLate) return messages.map((): Outcome => ({ kind: 'deferred', cause: 'claim_lapsed' }));
        observer.failed(error);
        return messages.map((): Outcome => outcomeOfTransportFailure(error, write.begun));
      }
    },
    lookup: async (id) => {
      try {
        const request = { method: 'GET', path: path(`messages/${id}`) } as const;
        const { status, body } = await call(lookups, request, LOOKUP_WORKS);
        return parseLookupResponse(status, body);
      } catch (error) {
        observer.failed(error);
        // The caller asks again until the message expires.
        return { kind: 'no_response' };
      }
    },
    close: async () => {
      await Promise.all([sends.destroy(), lookups.destroy()]);
    },
  };
}
