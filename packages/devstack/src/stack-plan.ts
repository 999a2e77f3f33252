import { type WantedPort } from './port-check.js';
import { type ServiceName } from './service.js';
import { type StartConfig } from './start-settings.js';

export type StackPlan = ReturnType<typeof planStack>;

/**
 * Plans the services in the order of their start, and the ports that they will listen on: a simulated carrier unless
 * SIMULATOR_URL names one, the ingress, the worker. `env` is the environment with the variables that lead to the secrets.
 */
export function planStack(config: StartConfig, env: NodeJS.ProcessEnv) {
  const { httpPort, ingressOpsPort, workerOpsPort, simulatorPort } = config;
  // The stack of one machine is for development, with the published passcode, unless the person says otherwise.
  const nodeEnv = env['NODE_ENV'] || 'development';
  const own = config.simulatorUrl === undefined;
  const simulatorUrl = config.simulatorUrl ?? `http://127.0.0.1:${simulatorPort}`;
  const shared = {
    ...env,
    NODE_ENV: nodeEnv,
    // Only `ardor migrate` needs it.
    ADMIN_DATABASE_URL: undefined,
    HTTP_PORT: String(httpPort),
    // The demo passcode is public: only this machine may use it unless the person says otherwise.
    HTTP_HOST: env['HTTP_HOST'] || '127.0.0.1',
    SIMULATOR_URL: simulatorUrl,
    CALLBACK_BASE_URL: env['CALLBACK_BASE_URL'] || `http://127.0.0.1:${httpPort}`,
    // Less than the ten seconds after which a service is killed, so that its log still tells that it gave up.
    SHUTDOWN_SECONDS: env['SHUTDOWN_SECONDS'] || '8',
  };
  const services: { name: ServiceName; env: NodeJS.ProcessEnv }[] = [
    { name: 'ingress', env: { ...shared, MAINTENANCE_DATABASE_URL: undefined, OPS_PORT: String(ingressOpsPort) } },
    { name: 'worker', env: { ...shared, OPS_PORT: String(workerOpsPort) } },
  ];
  const ports: WantedPort[] = [
    { port: httpPort, variable: 'HTTP_PORT', what: 'the API' },
    { port: ingressOpsPort, variable: 'INGRESS_OPS_PORT', what: 'dashboard and metrics of the ingress' },
    { port: workerOpsPort, variable: 'WORKER_OPS_PORT', what: 'metrics of the worker' },
  ];
  if (own) {
    services.unshift({ name: 'simulator', env: { ...env, SIMULATOR_PORT: String(simulatorPort) } });
    ports.push({ port: simulatorPort, variable: 'SIMULATOR_PORT', what: 'the simulated carrier' });
  }
  return { nodeEnv, services, ports, simulatorUrl };
}
