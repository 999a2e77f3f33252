import { json, type CallResponse } from './call-response.js';

export interface Call {
  readonly method: string;
  /** Still URL-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The Host header, or '' without one. */
  readonly host: string;
  readonly body: string;
}

export interface Handlers {
  takeMessages(body: string): Promise<CallResponse>;
  lookUpMessage(encodedReference: string): CallResponse;
  readLedger(): CallResponse;
  showInbox(host: string, digits: string): CallResponse;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** `carrier`: what every carrier has; the latency applies. `tool`: for people and tests; no latency. */
  readonly side: 'carrier' | 'tool';
  handle(on: Handlers, call: Call, name: string): CallResponse | Promise<CallResponse>;
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/messages$/, side: 'carrier', handle: (on, { body }) => on.takeMessages(body) },
  { method: 'GET', path: /^\/messages\/([^/]+)$/, side: 'carrier', handle: (on, _, name) => on.lookUpMessage(name) },
  { method: 'GET', path: /^\/ledger$/, side: 'tool', handle: (on) => on.readLedger() },
  { method: 'GET', path: /^\/$/, side: 'tool', handle: (on, { host, query }) => on.showInbox(host, digitsOf(query)) },
];

/** Handles a call. Routes of side `carrier` are delayed by `latencyMs`. */
export async function handleCall(handlers: Handlers, call: Call, latencyMs: number): Promise<CallResponse> {
  const method = call.method === 'HEAD' ? 'GET' : call.method;
  let pathIsKnown = false;
  for (const route of ROUTES) {
    const match = route.path.exec(call.path);
    if (match === null) continue;
    pathIsKnown = true;
    if (route.method !== method) continue;
    const response = await route.handle(handlers, call, match[1] ?? '');
    return route.side === 'carrier' ? delayed(response, latencyMs) : response;
  }
  return pathIsKnown ? json(405, { error: 'method_not_allowed' }) : json(404, { error: 'not_found' });
}

function delayed(response: CallResponse, latencyMs: number): CallResponse {
  return response.kind === 'no-response' ? response : { ...response, afterMs: response.afterMs + latencyMs };
}

/** Keeps only digits. A `+` in a query string may mean a space or a plus. */
function digitsOf(query: URLSearchParams): string {
  return (query.get('number') ?? '').replace(/\D/g, '').slice(0, 20);
}
