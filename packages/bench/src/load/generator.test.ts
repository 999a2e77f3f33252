import { afterEach, describe, expect, it } from '@jest/globals';
import { reply, startEchoServer, type EchoServer } from '../testing/echo-server.js';
import { generate } from './generator.js';
import { batchPlan, sendPlan } from './request-plan.js';

const servers: EchoServer[] = [];
const start = async (...args: Parameters<typeof startEchoServer>): Promise<EchoServer> => {
  const server = await startEchoServer(...args);
  servers.push(server);
  return server;
};
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

describe('generate', () => {
  it('asks as often as its rate says, however long the responses take', async () => {
    const slow = await start((response) => void setTimeout(reply(200), 200, response));
    const pace = { kind: 'rate', perSecond: 150, warmUpSeconds: 0, seconds: 1 } as const;
    const result = await generate({ plan: sendPlan(1), ports: [slow.port], connections: 100, pace });
    expect(result).toMatchObject({ seconds: 1, accepted: 150, errors: 0 });
    expect(slow.bodies).toHaveLength(150);
    expect(new Set(slow.bodies).size).toBe(150);
    expect(result.latencyMs?.p50).toBeGreaterThanOrEqual(190);
  });

  it('counts the time that a request waits for a connection', async () => {
    const slow = await start((response) => void setTimeout(reply(200), 100, response));
    const pace = { kind: 'rate', perSecond: 20, warmUpSeconds: 0, seconds: 1 } as const;
    const result = await generate({ plan: sendPlan(1), ports: [slow.port], connections: 1, pace });
    expect(result.accepted).toBe(20);
    // The last waits for the nineteen before it. They take 2 s, and it comes after 1 s.
    expect(result.latencyMs?.p99).toBeGreaterThan(900);
  });

  it('does not keep the latencies of its warm-up, and counts its responses', async () => {
    const slow = await start((response, nth) => void setTimeout(reply(200), nth < 20 ? 2_000 : 0, response));
    const pace = { kind: 'rate', perSecond: 40, warmUpSeconds: 0.5, seconds: 0.5 } as const;
    const result = await generate({ plan: sendPlan(1), ports: [slow.port], connections: 100, pace });
    expect(result).toMatchObject({ seconds: 1, accepted: 40, errors: 0 });
    expect(result.latencyMs?.p999).toBeLessThan(2_000);
  });

  it('counts refusals, broken connections and unreadable responses as errors, and goes on', async () => {
    const bad = await start((response, nth) => {
      if (nth % 4 === 0) response.socket?.destroy();
      // Without a Content-Length.
      else if (nth % 4 === 1) response.writeHead(200).write('in chunks');
      else reply(nth % 4 === 2 ? 503 : 200)(response);
    });
    const pace = { kind: 'count', requests: 40 } as const;
    const result = await generate({ plan: sendPlan(1), ports: [bad.port], connections: 2, pace });
    expect(result.accepted + result.errors).toBe(40);
    expect(result.errors).toBeGreaterThanOrEqual(20);
    expect(bad.bodies).toHaveLength(40);
  });

  it('counts requests that nobody answers', async () => {
    const gone = await start();
    await servers.pop()?.close();
    const pace = { kind: 'count', requests: 5 } as const;
    expect(await generate({ plan: sendPlan(1), ports: [gone.port], connections: 2, pace })).toMatchObject({
      ...{ accepted: 0, errors: 5, latencyMs: null },
    });
  });

  it('asks all ports at full speed until its time is over', async () => {
    const [one, other] = [await start(), await start()];
    const pace = { kind: 'full', seconds: 1 } as const;
    const result = await generate({ plan: sendPlan(1), ports: [one.port, other.port], connections: 4, pace });
    expect(result.errors).toBe(0);
    expect(result.accepted).toBe(one.bodies.length + other.bodies.length);
    expect(Math.min(one.bodies.length, other.bodies.length)).toBeGreaterThan(0);
    expect(new Set([...one.bodies, ...other.bodies]).size).toBe(result.accepted);
  });

  it('looks at each result of a batch', async () => {
    const server = await start(
      reply(200, '{"results":[{"status":"queuing"},{"status":"error"},{"status":"queuing"}]}'),
    );
    const pace = { kind: 'count', requests: 10 } as const;
    const result = await generate({ plan: batchPlan(1, 3), ports: [server.port], connections: 1, pace });
    expect(result).toMatchObject({ accepted: 20, errors: 10 });
  });
});
