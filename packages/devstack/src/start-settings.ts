import { type Config, optionalUrl, port, text } from '@ardor/runtime/config/setting-types';
import { optionalUrls } from '@ardor/runtime/config/url-list';

/** What `start` itself reads; everything else of the environment goes to the services untouched. */
export const startSettings = {
  httpPort: port('HTTP_PORT', 8080),
  ingressOpsPort: port('INGRESS_OPS_PORT', 9090),
  workerOpsPort: port('WORKER_OPS_PORT', 9091),
  simulatorPort: port('SIMULATOR_PORT', 8090),
  databaseUrl: optionalUrl('DATABASE_URL', ['postgres', 'postgresql']),
  redisUrls: optionalUrls('REDIS_URL', ['redis', 'rediss']),
  simulatorUrl: optionalUrl('SIMULATOR_URL', ['http', 'https']),
  home: text('ARDOR_HOME', ''),
};

export type StartConfig = Config<typeof startSettings>;
