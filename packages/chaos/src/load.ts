import { DEMO } from '@ardor/domain/message/demo';
import { Agent } from 'undici';
import { contradict } from './contradicting-receipt.js';
import { createNumbers } from './phone-numbers.js';
import { type ApiResponse, postJson } from './post-json.js';
import { watchStatuses, type StatusWatch } from './status-watch.js';

export interface Acknowledged {
  readonly id: string;
  readonly phone: string;
  /** When its request was sent and answered, Unix milliseconds. The slot was taken between them. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Load {
  readonly acknowledged: readonly Acknowledged[];
  /** Latencies of the 503s since `markHang(true)`, in milliseconds. */
  readonly hang503: readonly number[];
  /** How often each response came, by path, status and reason. */
  readonly answers: ReadonlyMap<string, number>;
  readonly statuses: Pick<StatusWatch, 'reversals' | 'seen'>;
  /** Says whether 503s come from a hang now. */
  markHang(hung: boolean): void;
  /** Stops and waits for requests in flight. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly apis: readonly string[];
  readonly random: () => number;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
}

/** Half of the queries ask about one of the latest sends, because those change. */
const LATEST = 100;
/** The share of reported deliveries that a contradicting receipt follows. */
const CONTRADICTED = 0.2;
const REQUEST_TIMEOUT_MS = 10_000;
const TICK_MS = 20;

/** Sends and queries at a steady rate over many connections. It never waits for a response before the next request. */
export function startLoad({ apis, random, sendsPerSecond, queriesPerSecond }: LoadOptions): Load {
  const agent = new Agent({ connections: 128, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
  const acknowledged: Acknowledged[] = [];
  const hang503: number[] = [];
  const answers = new Map<string, number>();
  const statuses = watchStatuses();
  const nextNumber = createNumbers(random, acknowledged);
  const inFlight = new Set<Promise<void>>();
  let hung = false;

  const anyApi = (): string => apis[Math.floor(random() * apis.length)] ?? '';
  const post = async (path: string, fields: object): Promise<ApiResponse | undefined> => {
    const startedAt = performance.now();
    const duringHang = hung;
    const response = await postJson(`${anyApi()}/api/sms/v1/${path}`, fields, agent);
    const outcome = response ? `${response.status} ${response.body['reason'] ?? ''}` : 'no answer';
    answers.set(`${path} ${outcome}`, (answers.get(`${path} ${outcome}`) ?? 0) + 1);
    if (response?.status === 503 && duringHang) hang503.push(performance.now() - startedAt);
    return response?.status === 200 ? response : undefined;
  };
  const send = async (): Promise<void> => {
    const phone = nextNumber();
    const sentAt = Date.now();
    const message = { phone_number: phone, templet_id: DEMO.templateId, contents: [{ p1: '8888' }] };
    const response = await post('sendsms', message);
    if (response) acknowledged.push({ id: response.body['sms_uid'] ?? '', phone, sentAt, answeredAt: Date.now() });
  };
  const query = async (): Promise<void> => {
    const all = acknowledged.length;
    const among = random() < 0.5 ? Math.min(all, LATEST) : all;
    const id = acknowledged[all - 1 - Math.floor(random() * among)]?.id;
    if (!id) return;
    const onStatus = statuses.ask(id);
    const response = await post('querysms', { sms_uid: id });
    if (!response) return;
    const status = response.body['status'] ?? '';
    onStatus(status);
    // A receipt that does not arrive is no loss.
    if (status === 'delivered' && random() < CONTRADICTED) await contradict(anyApi(), id, agent).catch(() => undefined);
  };

  const start = (work: () => Promise<void>): void => {
    const one = work();
    inFlight.add(one);
    void one.then(() => inFlight.delete(one));
  };
  const due = { sends: 0, queries: 0 };
  const ticking = setInterval(() => {
    due.sends += (sendsPerSecond * TICK_MS) / 1000;
    due.queries += (queriesPerSecond * TICK_MS) / 1000;
    for (; due.sends >= 1; due.sends--) start(send);
    for (; due.queries >= 1; due.queries--) start(query);
  }, TICK_MS);
  return {
    acknowledged,
    hang503,
    answers,
    statuses,
    markHang: (value) => {
      hung = value;
    },
    stop: async () => {
      clearInterval(ticking);
      await Promise.all(inFlight);
      if (!agent.closed) await agent.close();
    },
  };
}
