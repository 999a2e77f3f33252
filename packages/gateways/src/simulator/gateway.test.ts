import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Gateway, OutboundMessage } from '../gateway.js';
import {
  gatewayContract,
  RETRY_AFTER_MS,
  THROTTLE_MS,
  type CarrierMood,
  type CarrierUnderTest,
} from '../../test/gateway-contract.js';
import { startBlackHole } from '../../test/black-hole.js';
import { startHttpCarrier } from '../../test/http-carrier.js';
import { createSimulatorGateway, type SimulatorGatewayOptions } from './gateway.js';

interface Submission {
  readonly reference: string;
  readonly to: string;
  readonly text: string;
  readonly callback_url: string;
}

/** For calls that are to time out; others get seconds, as a busy machine may need them. */
const SHORT_TIMEOUT_MS = 500;

const submissions = (body: string): Submission[] => (JSON.parse(body) as { messages: Submission[] }).messages;

const newGateway = (url: string, options: Partial<SimulatorGatewayOptions> = {}): Gateway =>
  createSimulatorGateway({
    url,
    callbackUrl: (id) => `http://worker/receipts/${id}`,
    timeoutMs: 5_000,
    connections: 4,
    deduplicates: false,
    observer: { failed: () => undefined, succeeded: () => undefined },
    ...options,
  });

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

/** The development carrier's protocol, with moods. */
async function startCarrier(): Promise<CarrierUnderTest> {
  const received: OutboundMessage[] = [];
  let mood: CarrierMood = 'takes';

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const taken = request.method === 'POST' ? submissions(body) : [];
    if (mood !== 'throttles_all' && mood !== 'unavailable') {
      received.push(...taken.map(({ reference, to, text }) => ({ id: reference, to, text })));
    }
    switch (mood) {
      case 'takes':
        if (request.method === 'GET') lookUp(request.url ?? '', response);
        else json(response, 200, { results: taken.map(({ reference }) => ({ reference, id: `c-${reference}` })) });
        break;
      case 'takes_rejects_throttles':
        json(response, 200, {
          results: taken.map(({ reference }, n) => {
            if (n % 3 === 0) return { reference, id: `c-${reference}` };
            if (n % 3 === 1) return { reference, error: 'rejected', code: '013' };
            return { reference, error: 'throttled', retry_after_ms: THROTTLE_MS };
          }),
        });
        break;
      case 'throttles_all':
        json(response, 429, {}, { 'retry-after': String(RETRY_AFTER_MS / 1000) });
        break;
      case 'unavailable':
        json(response, 503, {}, { 'retry-after': String(RETRY_AFTER_MS / 1000) });
        break;
      case 'fails':
        json(response, 500, { results: taken.map(({ reference }) => ({ reference, id: `c-${reference}` })) });
        break;
      case 'hangs':
      case 'refuses_connections':
        break;
      case 'stops_midway':
        response.writeHead(200, { 'content-length': '500' }).write('{"results":[');
        break;
      case 'resets':
        request.socket.resetAndDestroy();
        break;
      case 'answers_garbage':
        response.writeHead(200).end('<html>Bad gateway</html>');
        break;
      case 'answers_for_others':
        json(response, 200, { results: taken.map((_, n) => ({ reference: `other-${n}`, id: `c-${n}` })) });
        break;
    }
  }

  function lookUp(path: string, response: ServerResponse): void {
    const reference = path.replace('/messages/', '');
    const known = received.some(({ id }) => id === reference);
    if (known) json(response, 200, { reference, id: `c-${reference}`, state: 'taken' });
    else json(response, 404, {});
  }

  let server = await startHttpCarrier(answer);
  const { port, url } = server;
  let listening = true;
  return {
    gateway: newGateway(url, { timeoutMs: SHORT_TIMEOUT_MS }),
    received,
    be: async (next) => {
      const shouldListen = next !== 'refuses_connections';
      if (listening && !shouldListen) await server.stop();
      if (!listening && shouldListen) server = await startHttpCarrier(answer, port);
      [listening, mood] = [shouldListen, next];
    },
    stop: () => (listening ? server.stop() : Promise.resolve()),
  };
}

gatewayContract('the development carrier', startCarrier);

describe('createSimulatorGateway', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function connect(
    answer: Parameters<typeof startHttpCarrier>[0],
    options: Partial<SimulatorGatewayOptions> = {},
    path = '',
  ): Promise<Gateway> {
    const carrier = await startHttpCarrier(answer);
    const gateway = newGateway(carrier.url + path, options);
    closers.push(carrier.stop, () => gateway.close());
    return gateway;
  }

  const message = (id: string): OutboundMessage => ({ id, to: '+8613800138000', text: 'x' });

  it('has the name of the protocol and says whether the carrier deduplicates', () => {
    const gateway = newGateway('http://127.0.0.1:1', { deduplicates: true });
    closers.push(() => gateway.close());
    expect(gateway).toMatchObject({ name: 'simulator', deduplicates: true });
  });

  it('speaks the protocol of the development carrier', async () => {
    const seen: unknown[] = [];
    const gateway = await connect((request, body, response) => {
      const { method, url, headers } = request;
      seen.push({ method, url, type: headers['content-type'], length: headers['content-length'], body });
      json(response, 200, { results: [{ reference: 'a', id: 'c-1' }] });
    });
    expect(await gateway.send([{ ...message('a'), text: '验证码' }])).toEqual([{ kind: 'accepted', carrierId: 'c-1' }]);
    const messages = [
      { reference: 'a', to: '+8613800138000', text: '验证码', callback_url: 'http://worker/receipts/a' },
    ];
    const body = JSON.stringify({ messages });
    const length = String(Buffer.byteLength(body));
    expect(seen).toEqual([{ method: 'POST', url: '/messages', type: 'application/json', length, body }]);
  });

  it.each(['/carrier', '/carrier/'])('keeps the path %s of its URL', async (path) => {
    const paths: unknown[] = [];
    const gateway = await connect(
      ({ url }, _, response) => {
        paths.push(url);
        json(response, 404, {});
      },
      {},
      path,
    );
    await gateway.send([message('a')]);
    await gateway.lookup?.('a');
    expect(paths).toEqual(['/carrier/messages', '/carrier/messages/a']);
  });

  it.each([
    [429, 'throttled'],
    [503, 'gateway_unavailable'],
  ])('defers at %d without Retry-After, with no time to wait', async (status, cause) => {
    const gateway = await connect((_, __, response) => json(response, status, {}));
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'deferred', cause }]);
  });

  it.each([400, 404, 502, 504])('is uncertain about a message at status %d', async (status) => {
    const gateway = await connect((_, __, response) => json(response, status, {}));
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'uncertain', cause: 'http_status' }]);
  });

  it('does not follow a redirect', async () => {
    let calls = 0;
    const gateway = await connect((_, __, response) => {
      calls++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'uncertain', cause: 'http_status' }]);
    expect(calls).toBe(1);
  });

  it('stops reading a response that is longer than the protocol allows', async () => {
    const gateway = await connect((_, __, response) => {
      json(response, 200, { results: [{ reference: 'a', id: 'c-1' }], more: 'x'.repeat(1_100_000) });
    });
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'uncertain', cause: 'connection_lost' }]);
  });

  it('defers when the carrier’s name does not resolve', async () => {
    const gateway = newGateway('http://carrier.invalid');
    closers.push(() => gateway.close());
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'deferred', cause: 'gateway_unavailable' }]);
  });

  it('defers when the connection is not made in time, because no byte has left', async () => {
    const hole = await startBlackHole();
    closers.push(hole.stop);
    const gateway = newGateway(hole.url, { timeoutMs: SHORT_TIMEOUT_MS });
    closers.push(() => gateway.close());
    const outcomes = await Promise.all([gateway.send([message('a')]), gateway.send([message('b')])]);
    expect(outcomes.flat()).toEqual(Array(2).fill({ kind: 'deferred', cause: 'gateway_unavailable' }));
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'no_response' });
  });

  it('makes no more calls at once than it has connections', async () => {
    let [open, most] = [0, 0];
    const gateway = await connect(
      (_, body, response) => {
        most = Math.max(most, ++open);
        setTimeout(() => {
          open--;
          json(response, 200, { results: submissions(body).map(({ reference }) => ({ reference, id: 'c' })) });
        }, 3);
      },
      { connections: 2 },
    );
    const outcomes = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => gateway.send([message(id)])));
    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(Array(5).fill('accepted'));
    expect(most).toBe(2);
  });

  it('defers every message after it was closed', async () => {
    const gateway = newGateway('http://127.0.0.1:1');
    await gateway.close();
    expect(await gateway.send([message('a')])).toEqual([{ kind: 'deferred', cause: 'gateway_unavailable' }]);
    expect(await gateway.lookup?.('a')).toEqual({ kind: 'no_response' });
  });

  describe('the observer of calls', () => {
    /** A gateway whose carrier answers every request with this status, and what its observer heard. */
    async function observed(status: number, options: Partial<SimulatorGatewayOptions> = {}) {
      const heard: string[] = [];
      const observer = {
        failed: (error: unknown) => void heard.push(String(error)),
        succeeded: () => void heard.push('succeeded'),
      };
      const gateway = await connect((_, __, response) => json(response, status, {}), { observer, ...options });
      return { gateway, heard };
    }

    it.each([200, 429])('hears a success when a send is answered with %d', async (status) => {
      const { gateway, heard } = await observed(status);
      await gateway.send([message('a')]);
      expect(heard).toEqual(['succeeded']);
    });

    it.each([401, 404, 500, 503])('hears a failure with the status when a send is answered with %d', async (status) => {
      const { gateway, heard } = await observed(status);
      await gateway.send([message('a')]);
      expect(heard).toEqual([`CarrierStatusError: the carrier answered with HTTP status ${status}`]);
    });

    it.each([
      [200, 'succeeded'],
      [404, 'succeeded'],
      [503, 'CarrierStatusError: the carrier answered with HTTP status 503'],
    ])('hears of a lookup that is answered with %d', async (status, expected) => {
      const { gateway, heard } = await observed(status);
      await gateway.lookup?.('a');
      expect(heard).toEqual([expected]);
    });

    it('hears the cause when the carrier refuses connections', async () => {
      const { gateway, heard } = await observed(200, { url: 'http://127.0.0.1:1' });
      await gateway.send([message('a')]);
      await gateway.lookup?.('a');
      expect(heard).toHaveLength(2);
      for (const cause of heard) expect(cause).toContain('ECONNREFUSED');
    });

    it('hears nothing about a call that was too late to be sent', async () => {
      const { gateway, heard } = await observed(200);
      const outcomes = await gateway.send([message('a')], () => false);
      expect(outcomes).toEqual([{ kind: 'deferred', cause: 'claim_lapsed' }]);
      expect(heard).toEqual([]);
    });
  });
});
