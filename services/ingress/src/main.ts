import { closeServer, listen } from '@ardor/runtime/process/listen';
import { configOrExit, runService } from '@ardor/runtime/process/service';
import { composeIngress } from './compose/ingress.js';
import { readIngressConfig } from './config.js';
import { CLOSE_GRACE_MS } from './timing.js';

const config = configOrExit(() => readIngressConfig(process.env));

await runService({
  name: 'ingress',
  logLevel: config.logLevel,
  shutdownSeconds: config.shutdownSeconds,
  start: async ({ log, cleanup }) => {
    const ingress = await composeIngress(config, log, cleanup);
    const opsPort = await listen(ingress.ops, config.opsPort, config.opsHost);
    cleanup.defer('ops server', () => closeServer(ingress.ops));
    const port = await listen(ingress.api, config.httpPort, config.httpHost);
    cleanup.defer('API server', () => {
      ingress.drain();
      return closeServer(ingress.api, CLOSE_GRACE_MS);
    });
    log.info('ready', { port, address: config.httpHost });
    log.info('ops ready', { port: opsPort, address: config.opsHost });
  },
});
