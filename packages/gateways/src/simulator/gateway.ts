import { Readable } from 'node:stream';
import type { Outcome } from '@ardor/domain/message/outcome';
import { Pool } from 'undici';
import type { Gateway } from '../gateway.js';
import { transportFailure } from '../transport-failure.js';
import { readLookup } from './read-lookup.js';
import { readResults } from './read-results.js';

export interface SimulatorGatewayOptions {
  /** SIMULATOR_URL. */
  readonly url: string;
  /** The URL where the carrier brings this message's receipt. */
  readonly callbackUrl: (id: string) => string;
  /** One call takes this long at most, in milliseconds. */
  readonly timeoutMs: number;
  /** Connections at most; calls beyond them wait inside their own timeout. */
  readonly connections: number;
  readonly deduplicates: boolean;
}

const MAX_BATCH = 100;
const LOOKUP_CONNECTIONS = 16;
/** Longer than any answer of 100 results. */
const MAX_ANSWER_BYTES = 1_000_000;

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: Readable;
}

/** The development carrier's protocol: HTTP and JSON, up to 100 messages a call. */
export function createSimulatorGateway(options: SimulatorGatewayOptions): Gateway {
  const base = new URL(options.url);
  const path = (tail: string): string => `${base.pathname.replace(/\/$/, '')}/${tail}`;
  const poolOptions = {
    pipelining: 1,
    maxResponseSize: MAX_ANSWER_BYTES,
    // A connection still being made would hold up close().
    connect: { timeout: options.timeoutMs },
  };
  const pool = new Pool(base.origin, { ...poolOptions, connections: options.connections });
  // Questions have connections of their own: a carrier that is slow to answer them must not hold up what is to be sent.
  const questions = new Pool(base.origin, { ...poolOptions, connections: LOOKUP_CONNECTIONS });
  const call = async (
    to: Pool,
    request: Request,
  ): Promise<{ status: number; retryAfter: string | undefined; body: string }> => {
    const { statusCode, headers, body } = await to.request({
      ...request,
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    const retryAfter = headers['retry-after'];
    return {
      status: statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      body: await body.text(),
    };
  };
  return {
    name: 'simulator',
    maxBatch: MAX_BATCH,
    deduplicates: options.deduplicates,
    send: async (messages, mayGo = () => true) => {
      const fields = messages.map(({ id, to, text }) => ({
        reference: id,
        to,
        text,
        callback_url: options.callbackUrl(id),
      }));
      const body = JSON.stringify({ messages: fields });
      let begun = false;
      // The pool reads the body when it writes the request, so that one it never wrote is known to be unsent.
      const stream = new Readable({
        read() {
          if (!mayGo()) {
            this.destroy(new Error('may not go any more'));
            return;
          }
          begun = true;
          this.push(body);
          this.push(null);
        },
      });
      const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
      try {
        const answer = await call(pool, { method: 'POST', path: path('messages'), headers, body: stream });
        return readResults(answer, messages);
      } catch (error) {
        return messages.map((): Outcome => transportFailure(error, begun));
      }
    },
    lookup: async (id) => {
      try {
        const { status, body } = await call(questions, { method: 'GET', path: path(`messages/${id}`) });
        return readLookup(status, body);
      } catch {
        // Whatever it was, the carrier gave no answer; the caller asks again until the message expires.
        return { kind: 'no_answer' };
      }
    },
    close: async () => {
      await Promise.all([pool.destroy(), questions.destroy()]);
    },
  };
}
