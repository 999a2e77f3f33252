import { waitFor } from '@ardor/runtime/wait-for';
import { afterEach } from '@jest/globals';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../src/start.js';

type Json = Record<string, unknown>;

export interface Carrier extends RunningSimulator {
  post(body: unknown, signal?: AbortSignal): Promise<{ status: number; body: Json }>;
  /** Sends one call and returns its results. Missing fields of a message get defaults. */
  submit(...messages: Json[]): Promise<Json[]>;
  get(path: string): Promise<{ status: number; body: Json }>;
  /** Polls the lookup until the reference is in a state. */
  reaches(reference: string, state: string): Promise<void>;
}

const releases: (() => Promise<void>)[] = [];

/** Registers a release. After the test they run, last in first out. */
export function release(how: () => Promise<void>): void {
  releases.push(how);
}

afterEach(async () => {
  for (const how of releases.splice(0).reverse()) await how();
});

/** Starts a simulator on a free port with quick receipts. It is closed after the test. */
export async function startCarrier(options: Partial<SimulatorOptions> = {}): Promise<Carrier> {
  const simulator = await startSimulator({ port: 0, receiptDelayMs: 5, ...options });
  release(() => simulator.close());

  async function call(path: string, init: RequestInit = {}): Promise<{ status: number; body: Json }> {
    const response = await fetch(simulator.url + path, init);
    return { status: response.status, body: (await response.json()) as Json };
  }

  const carrier: Carrier = {
    ...simulator,
    get: (path) => call(path),
    post: (body, signal) =>
      call('/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal && { signal }),
      }),
    async submit(...messages) {
      const { status, body } = await carrier.post({ messages: messages.map(messageOf) });
      if (status !== 200) throw new Error(`the response was ${status}: ${JSON.stringify(body)}`);
      return body['results'] as Json[];
    },
    reaches: async (reference, state) => {
      await waitFor(async () => {
        const { body } = await carrier.get(`/messages/${encodeURIComponent(reference)}`);
        return body['state'] === state;
      });
    },
  };
  return carrier;
}

export function messageOf(some: Json): Json {
  return { reference: 'ref-1', to: '+8613800138000', text: 'Your code is 482913', ...some };
}
