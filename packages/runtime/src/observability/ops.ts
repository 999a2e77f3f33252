import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { NotReadyError } from './not-ready.js';

/** A named check. It resolves when its dependency works, and rejects otherwise. /readyz shows the message of a NotReadyError. */
export interface ReadyCheck {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

export interface OpsDeps {
  readonly registry: Registry;
  /** Returns why the process must be restarted, or undefined while it is healthy. */
  readonly unhealthyReason: () => string | undefined;
  readonly checks: readonly ReadyCheck[];
  /** A check that takes longer fails, in milliseconds. */
  readonly checkTimeoutMs: number;
}

interface OpsResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Handles /healthz, /readyz and /metrics. Returns false for other paths; the caller must answer them. */
export function createOpsHandler(deps: OpsDeps): (request: IncomingMessage, response: ServerResponse) => boolean {
  const routes: Record<string, () => Promise<OpsResponse>> = {
    '/healthz': () => health(deps),
    '/readyz': () => readiness(deps),
    '/metrics': async () => ({ status: 200, type: deps.registry.contentType, body: await deps.registry.metrics() }),
  };
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (!route || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    route().then(
      ({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
      () => response.writeHead(500).end(),
    );
    return true;
  };
}

const json = (status: number, value: unknown): OpsResponse => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

function health({ unhealthyReason }: OpsDeps): Promise<OpsResponse> {
  const reason = unhealthyReason();
  return Promise.resolve(reason ? json(503, { status: 'sick', reason }) : json(200, { status: 'ok' }));
}

async function readiness({ checks, checkTimeoutMs }: OpsDeps): Promise<OpsResponse> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => [name, await within(check, checkTimeoutMs)] as const),
  );
  const ready = results.every(([, state]) => state === 'ok');
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) });
}

async function within(check: () => Promise<unknown>, timeoutMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => (timer = setTimeout(resolve, timeoutMs, 'timeout')));
  // The async function turns a synchronous throw into a rejection.
  const result = (async () => check())().then(
    () => 'ok',
    (error: unknown) => (error instanceof NotReadyError ? error.message : 'failed'),
  );
  return Promise.race([result, timeout]).finally(() => clearTimeout(timer));
}
