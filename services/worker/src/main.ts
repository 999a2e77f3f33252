import { closeServer, listen } from '@ardor/runtime/process/listen';
import { configOrExit, runService } from '@ardor/runtime/process/service';
import { composeWorker } from './compose.js';
import { readWorkerConfig } from './config.js';

const config = configOrExit(() => readWorkerConfig(process.env));

await runService({
  name: 'worker',
  logLevel: config.logLevel,
  shutdownSeconds: config.shutdownSeconds,
  start: async ({ log, cleanup }) => {
    const worker = await composeWorker(config, log, cleanup);
    const port = await listen(worker.ops, config.opsPort, config.opsHost);
    cleanup.defer('ops server', () => closeServer(worker.ops));
    worker.start();
    log.info('ready', { port, address: config.opsHost });
  },
});
