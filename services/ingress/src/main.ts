import { createServer } from 'node:http';
import { closeServer, listen } from '@ardor/runtime/listen';
import { configOrExit, runService } from '@ardor/runtime/service';
import { answerClientError } from './http/client-error.js';
import { composeIngress } from './compose.js';
import { readIngressConfig } from './config.js';

/** Longer than the idle time of any load balancer in front, so that none reuses a connection just being closed. */
const KEEP_ALIVE_MS = 75_000;
/** A client that sends its request slower than this is cut off. */
const REQUEST_MS = 15_000;

const config = configOrExit(() => readIngressConfig(process.env));

await runService({
  name: 'ingress',
  logLevel: config.logLevel,
  shutdownSeconds: config.shutdownSeconds,
  start: async ({ log, closers }) => {
    const ingress = await composeIngress(config, log, closers);
    const ops = createServer(ingress.ops);
    const opsPort = await listen(ops, config.opsPort, config.httpHost);
    closers.push('ops server', () => closeServer(ops));
    const api = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS }, ingress.api);
    api.on('clientError', answerClientError);
    const port = await listen(api, config.httpPort, config.httpHost);
    closers.push('API server', () => {
      ingress.drain();
      return closeServer(api);
    });
    log.info('ready', { port, address: config.httpHost });
    log.info('ops ready', { port: opsPort, address: config.httpHost });
  },
});
