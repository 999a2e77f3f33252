import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { DEMO } from '@ardor/domain/message/demo';
import { openDatabase } from '@ardor/store/sql/database';
import { send } from '@ardor/testkit/api';
import { createTestDatabase, createTestRedis, MASTER_KEY, testKeyring } from '@ardor/testkit/fixtures';
import { launchService, startService } from '@ardor/devstack/service';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';

describe.each(['ingress', 'worker'] as const)('%s', (name) => {
  it('tells every mistake of its configuration at once, and exits 2', async () => {
    const env = { OPS_PORT: 'ninety', LOG_LEVEL: 'loud', ARDOR_MASTER_KEY: 'c2hvcnQ=' };
    const service = await launchService({ name, env });
    expect(await service.exited).toEqual({ code: 2, signal: null });
    for (const variable of ['DATABASE_URL', 'REDIS_URL', 'ARDOR_MASTER_KEY', 'OPS_PORT', 'LOG_LEVEL'])
      expect(service.output()).toContain(variable);
    expect(service.output()).not.toContain('c2hvcnQ=');
  });

  it('says which port is taken, and exits 1', async () => {
    const db = await createTestDatabase(openDatabase);
    const redis = createTestRedis();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const env = {
      DATABASE_URL: db.url,
      REDIS_URL: redis.url,
      ARDOR_MASTER_KEY: MASTER_KEY,
      HTTP_HOST: '127.0.0.1',
      OPS_PORT: String(port),
    };
    const service = await launchService({ name, env });
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(service.output()).toMatch(new RegExp(`EADDRINUSE.*${port}`));
    taken.close();
    await redis.clear();
    await db.drop();
  });
});

describe('in production', () => {
  it('the ingress refuses the demo passcode, even where a client has it', async () => {
    const db = await createTestDatabase(openDatabase);
    const redis = createTestRedis();
    await createClient(db.database, { id: DEMO.clientId, name: 'demo', region: 'CN' });
    await addPasscode(db.database, testKeyring(), DEMO.clientId, DEMO.passcode);
    const service = await startService({
      name: 'ingress',
      env: {
        DATABASE_URL: db.url,
        REDIS_URL: redis.url,
        ARDOR_MASTER_KEY: MASTER_KEY,
        HTTP_HOST: '127.0.0.1',
        QUEUE_PREFIX: redis.prefix,
        NODE_ENV: 'production',
      },
    });
    const answer = await send(service.url, '13800138000');
    expect({ status: answer.status, reason: answer.body['reason'] }).toEqual({
      status: 401,
      reason: 'demo_credentials',
    });
    expect((await fetch(`${service.opsUrl}/queues`)).status).toBe(404);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    await redis.clear();
    await db.drop();
  });
});
