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
      NODE_ENV: 'test',
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

describe('in production, which is the default', () => {
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
        HTTP_HOST: '0.0.0.0',
        QUEUE_PREFIX: redis.prefix,
      },
    });
    const answer = await send(service.url, '13800138000');
    expect({ status: answer.status, reason: answer.body['reason'] }).toEqual({
      status: 401,
      reason: 'demo_credentials',
    });
    expect((await fetch(`${service.opsUrl}/queues`)).status).toBe(404);
    // The API is open to every address of this machine, health and metrics to one only.
    const elsewhere = (url: string): Promise<Response> => fetch(url.replace('127.0.0.1', '127.0.0.2'));
    expect((await elsewhere(service.url)).status).toBe(404);
    await expect(elsewhere(`${service.opsUrl}/healthz`)).rejects.toThrow('fetch failed');
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    await redis.clear();
    await db.drop();
  });

  it('the worker has to be told where the carrier is, and where the ingress is for the carrier', async () => {
    const env = { DATABASE_URL: 'postgresql://x/y', REDIS_URL: 'redis://x', ARDOR_MASTER_KEY: MASTER_KEY };
    const service = await launchService({ name: 'worker', env });
    expect(await service.exited).toEqual({ code: 2, signal: null });
    for (const name of ['SIMULATOR_URL', 'CALLBACK_BASE_URL'])
      expect(service.output()).toContain(`${name} is missing or malformed`);
  });
});
