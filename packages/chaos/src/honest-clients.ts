import { DEMO } from '@ardor/domain/message/demo';
import { Agent, request } from 'undici';
import { postJson } from './post-json.js';
import type { Target } from './attack.js';

export interface Honest {
  /** Milliseconds from a request to its response; also of those that were refused or never answered. */
  readonly latencies: readonly number[];
  /** How often each outcome came, by path, status and reason. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** The longest time without an answer of /healthz, in milliseconds. */
  readonly longestSilenceMs: number;
  /** The largest resident memory of the ingress that /metrics told, in MiB. */
  readonly maxMemoryMiB: number;
}

const SENDS_PER_SECOND = 50;
const QUERIES_PER_SECOND = 10;
const PROBE_MS = 100;
const REQUEST_TIMEOUT_MS = 10_000;

/** Sends and queries as the demo client at a steady rate until `stop`, and watches the ops port. */
export function startHonestClients({ api, ops }: Pick<Target, 'api' | 'ops'>): { stop(): Promise<Honest> } {
  const agent = new Agent({ connections: 64, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
  const [latencies, outcomes, inFlight] = [new Array<number>(), new Map<string, number>(), new Set<Promise<unknown>>()];
  let [number, lastId, lastHealthy, longestSilenceMs, maxMemoryMiB] = [
    Date.now() % 80_000_000,
    '',
    performance.now(),
    0,
    0,
  ];

  const post = async (path: string, fields: object): Promise<void> => {
    const startedAt = performance.now();
    const response = await postJson(`${api}/api/sms/v1/${path}`, fields, agent);
    latencies.push(performance.now() - startedAt);
    const outcome = `${path} ${response ? `${response.status} ${response.body['reason'] ?? ''}`.trim() : 'no response'}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (response?.status === 200) lastId = response.body['sms_uid'] ?? lastId;
  };
  const send = (): Promise<void> =>
    post('sendsms', {
      phone_number: `+86139${String(number++ % 100_000_000).padStart(8, '0')}`,
      templet_id: DEMO.templateId,
      contents: [{ p1: '8888' }],
    });
  const query = (): Promise<void> => (lastId ? post('querysms', { sms_uid: lastId }) : Promise.resolve());
  const probe = async (): Promise<void> => {
    const health = await get(`${ops}/healthz`, agent);
    if (health === undefined) return;
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastHealthy);
    lastHealthy = performance.now();
    const bytes = /^process_resident_memory_bytes (\S+)/m.exec((await get(`${ops}/metrics`, agent)) ?? '')?.[1];
    maxMemoryMiB = Math.max(maxMemoryMiB, Math.round(Number(bytes ?? 0) / 2 ** 20));
  };

  const every = (ms: number, work: () => Promise<void>): NodeJS.Timeout =>
    setInterval(() => {
      const one = work();
      inFlight.add(one);
      void one.finally(() => inFlight.delete(one));
    }, ms);
  const timers = [
    every(1000 / SENDS_PER_SECOND, send),
    every(1000 / QUERIES_PER_SECOND, query),
    every(PROBE_MS, probe),
  ];
  return {
    stop: async () => {
      timers.forEach(clearInterval);
      await Promise.allSettled(inFlight);
      longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastHealthy);
      await agent.close();
      return { latencies, outcomes, longestSilenceMs, maxMemoryMiB };
    },
  };
}

/** The body of a 200; undefined for anything else, and for no response. */
async function get(url: string, dispatcher: Agent): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}
