import { timingSafeEqual, createHash } from 'node:crypto';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { DeliveryQueue, LaneQueue } from '@ardor/queue/delivery-queue';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';

export interface DashboardOptions {
  readonly queues: DeliveryQueue['queues'];
  /** There is no dashboard without a password. */
  readonly password: string | undefined;
  /** Whether jobs may be retried, removed or promoted, and queues paused. */
  readonly writable: boolean;
}

const BASE = '/queues';
const USER = 'ardor';

/** The Bull dashboard on the ops port. It shows jobs, which hold message ids only: numbers and texts never reach the queue. */
export function createDashboard({ queues, password, writable }: DashboardOptions): Express {
  const app = express();
  app.disable('x-powered-by');
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
      const options = { ...shardName(queues, one), readOnlyMode: !writable, allowRetries: writable };
      const adapter = new BullMQAdapter(one.queue, options);
      // The page waits for all queues, so a queue whose server is away is left out.
      adapter.setVisibilityGuard(one.isReachable);
      return adapter;
    }),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'Ardor', hideRedisDetails: true } },
  });
  app.use(BASE, requirePassword(password), contentPolicy, board.getRouter() as RequestHandler);
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

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function requirePassword(password: string): RequestHandler {
  const wanted = digest(`${USER}:${password}`);
  return (request, response, next) => {
    const encoded = /^Basic +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString('utf8')), wanted)) {
      next();
      return;
    }
    response
      .status(401)
      .set('www-authenticate', 'Basic realm="Ardor queues"')
      .type('text')
      .send('The user is ardor, the password DASHBOARD_PASSWORD.\n');
  };
}
