import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { DeliveryQueue, LaneQueue } from '@ardor/queue/delivery-queue';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { FailedLogins } from '../http/failed-logins.js';
import { refuseCrossSite } from './refuse-cross-site.js';
import { requirePassword } from './require-password.js';

export interface DashboardOptions {
  readonly queues: DeliveryQueue['queues'];
  /** There is no dashboard without a password. */
  readonly password: string | undefined;
  /** Whether jobs may be retried, removed or promoted, and queues paused. */
  readonly writable: boolean;
  readonly failedLogins: FailedLogins;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

const BASE = '/queues';

/** The Bull dashboard on the ops port. It shows jobs, which hold message ids only: numbers and texts never reach the queue. */
export function createDashboard(options: DashboardOptions): Express {
  const { queues, password, writable, failedLogins, trustedProxies } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies);
  app.enable('case sensitive routing');
  if (password === undefined) {
    app.use(
      BASE,
      (_request, response) =>
        void response.status(404).type('text').send('Set DASHBOARD_PASSWORD to have the dashboard.\n'),
    );
    return app;
  }
  const board = new ExpressAdapter();
  board.setBasePath(BASE);
  createBullBoard({
    queues: queues.map((one) => {
      const adapterOptions = { ...shardName(queues, one), readOnlyMode: !writable, allowRetries: writable };
      const adapter = new BullMQAdapter(one.queue, adapterOptions);
      // The page waits for all queues, so a queue whose server is away is left out.
      adapter.setVisibilityGuard(one.isReachable);
      return adapter;
    }),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Ardor', hideRedisDetails: true } },
  });
  app.use(
    BASE,
    refuseCrossSite,
    requirePassword(password, failedLogins),
    contentPolicy,
    board.getRouter() as RequestHandler,
  );
  return app;
}

/** A lane with one queue has the lane's name. With several shards: `otp (shard 1)`, and `1-otp` in the address. */
function shardName(
  queues: DeliveryQueue['queues'],
  { lane, shard }: LaneQueue,
): { prefix?: string; displayName?: string } {
  const sharded = queues.some((one) => one.shard > 0);
  return !sharded ? {} : { prefix: `${shard}-`, displayName: `${lane} (shard ${shard})` };
}

/** The page has inline styles and one inline script of its own configuration; nothing comes from another host. */
const contentPolicy = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // The ops port speaks plain HTTP inside the cluster.
  strictTransportSecurity: false,
});
