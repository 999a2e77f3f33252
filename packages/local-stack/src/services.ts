import { join } from 'node:path';
import { type ServiceSpec } from './service-spec.js';
import { type StartConfig } from './start-settings.js';
import { type WantedPort } from './wanted-ports.js';

/** The processes of the stack in the order of their start, and the ports they will listen on. */
export interface Stack {
  services: ServiceSpec[];
  ports: WantedPort[];
  simulatorUrl: string;
}

/**
 * Describes the stack: a carrier to develop against unless SIMULATOR_URL names one, the ingress, the worker.
 * `secrets` are the variables that name the files with the generated secrets.
 */
export function describeStack(checkout: string, config: StartConfig, secrets: NodeJS.ProcessEnv): Stack {
  const own = config.simulatorUrl === undefined;
  const simulatorUrl = config.simulatorUrl ?? `http://127.0.0.1:${config.simulatorPort}`;
  const shared = {
    ...secrets,
    HTTP_PORT: String(config.httpPort),
    // The demo passcode is published: only this machine may use it unless somebody wants otherwise.
    HTTP_HOST: process.env['HTTP_HOST'] || '127.0.0.1',
    SIMULATOR_URL: simulatorUrl,
    CALLBACK_BASE_URL: process.env['CALLBACK_BASE_URL'] || `http://127.0.0.1:${config.httpPort}`,
    // Below the ten seconds after which we kill: a service that drains to its own deadline still says so in its log.
    SHUTDOWN_SECONDS: process.env['SHUTDOWN_SECONDS'] || '8',
  };
  const service = (name: string, opsPort: number): ServiceSpec => ({
    name,
    args: [join(checkout, 'services', name, 'dist', 'main.js')],
    env: { ...shared, OPS_PORT: String(opsPort) },
    readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
  });
  const simulator: ServiceSpec = {
    name: 'simulator',
    args: [join(checkout, 'packages/simulator/dist/main.js'), '--port', String(config.simulatorPort)],
    env: {},
    readyUrl: `${simulatorUrl}/ledger`,
  };
  return {
    services: [
      ...(own ? [simulator] : []),
      service('ingress', config.ingressOpsPort),
      service('worker', config.workerOpsPort),
    ],
    ports: [
      { port: config.httpPort, variable: 'HTTP_PORT', what: 'the API' },
      { port: config.ingressOpsPort, variable: 'INGRESS_OPS_PORT', what: 'dashboard and metrics of the ingress' },
      { port: config.workerOpsPort, variable: 'WORKER_OPS_PORT', what: 'metrics of the worker' },
      ...(own ? [{ port: config.simulatorPort, variable: 'SIMULATOR_PORT', what: 'the simulated carrier' }] : []),
    ],
    simulatorUrl,
  };
}
