import { json, type Answer } from './answer.js';

export interface Call {
  readonly method: string;
  /** As it was sent, still URL-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What the caller calls this host; '' when it does not say. */
  readonly host: string;
  readonly body: string;
}

export interface Handlers {
  takeMessages(body: string): Promise<Answer>;
  lookUpMessage(encodedReference: string): Answer;
  readLedger(): Answer;
  showInbox(host: string, digits: string): Answer;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** `carrier`: what any carrier has, and is late with. `bench`: instruments of this one. */
  readonly side: 'carrier' | 'bench';
  handle(on: Handlers, call: Call, name: string): Answer | Promise<Answer>;
}

const ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/messages$/, side: 'carrier', handle: (on, { body }) => on.takeMessages(body) },
  { method: 'GET', path: /^\/messages\/([^/]+)$/, side: 'carrier', handle: (on, _, name) => on.lookUpMessage(name) },
  { method: 'GET', path: /^\/ledger$/, side: 'bench', handle: (on) => on.readLedger() },
  { method: 'GET', path: /^\/$/, side: 'bench', handle: (on, { host, query }) => on.showInbox(host, digitsOf(query)) },
];

/** The answer to a call, held back by `latencyMs` where it is one of a carrier's. */
export async function answerCall(handlers: Handlers, call: Call, latencyMs: number): Promise<Answer> {
  const method = call.method === 'HEAD' ? 'GET' : call.method;
  let pathIsKnown = false;
  for (const route of ROUTES) {
    const match = route.path.exec(call.path);
    if (match === null) continue;
    pathIsKnown = true;
    if (route.method !== method) continue;
    const answer = await route.handle(handlers, call, match[1] ?? '');
    return route.side === 'carrier' ? heldBack(answer, latencyMs) : answer;
  }
  return pathIsKnown ? json(405, { error: 'method_not_allowed' }) : json(404, { error: 'not_found' });
}

function heldBack(answer: Answer, latencyMs: number): Answer {
  return answer.kind === 'silence' ? answer : { ...answer, afterMs: answer.afterMs + latencyMs };
}

/** Only the digits count: a `+` in a query string is a space to some and a plus to others. */
function digitsOf(query: URLSearchParams): string {
  return (query.get('number') ?? '').replace(/\D/g, '').slice(0, 20);
}
