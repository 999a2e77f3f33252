import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { DEMO } from '@ardor/domain/message/demo';
import { openDatabase } from '@ardor/store/sql/database';
import { send } from '@ardor/testkit/api';
import { createTestDatabase, createTestRedis, MASTER_KEY, testKeyring } from '@ardor/testkit/fixtures';
import { freePort, startProcess, untilReady } from '@ardor/testkit/service-process';
import { createClient } from '@ardor/store/clients/manage-clients';
import { addPasscode } from '@ardor/store/clients/manage-passcodes';

describe.each(['ingress', 'worker'] as const)('%s', (name) => {
  it('tells every mistake of its configuration at once, and exits 2', async () => {
    const service = startProcess(name, { OPS_PORT: 'ninety', LOG_LEVEL: 'loud', ARDOR_MASTER_KEY: 'c2hvcnQ=' });
    const [code] = (await once(service.child, 'exit')) as [number];
    expect(code).toBe(2);
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
    const service = startProcess(name, {
      ...{ DATABASE_URL: db.url, REDIS_URL: redis.url, ARDOR_MASTER_KEY: MASTER_KEY, HTTP_HOST: '127.0.0.1' },
      OPS_PORT: String(port),
    });
    const [code] = (await once(service.child, 'exit')) as [number];
    expect(code).toBe(1);
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
    const [httpPort, opsPort] = [await freePort(), await freePort()];
    const service = startProcess('ingress', {
      ...{
        DATABASE_URL: db.url,
        REDIS_URL: redis.url,
        ARDOR_MASTER_KEY: MASTER_KEY,
        HTTP_HOST: '127.0.0.1',
        QUEUE_PREFIX: redis.prefix,
      },
      ...{ NODE_ENV: 'production', HTTP_PORT: String(httpPort), OPS_PORT: String(opsPort) },
    });
    await untilReady(service, `http://127.0.0.1:${opsPort}/readyz`);
    const answer = await send(`http://127.0.0.1:${httpPort}`, '13800138000');
    expect({ status: answer.status, reason: answer.body['reason'] }).toEqual({
      status: 401,
      reason: 'demo_credentials',
    });
    expect((await fetch(`http://127.0.0.1:${opsPort}/queues`)).status).toBe(404);
    expect(await service.stop()).toBe(0);
    await redis.clear();
    await db.drop();
  });
});
