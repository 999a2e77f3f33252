import { DEMO } from '@ardor/domain/message/demo';
import { Agent, request } from 'undici';
import { scriptedNumber } from '@ardor/testkit/api';
import { contradict } from './contradicting-receipt.js';
import { watchStatuses, type StatusWatch } from './status-watch.js';

export interface Acknowledged {
  readonly id: string;
  readonly phone: string;
  /** When its request was sent and answered, Unix milliseconds: the slot was taken between them. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface Load {
  readonly acknowledged: readonly Acknowledged[];
  /** Latencies of the 503s since `markHang(true)`, in milliseconds. */
  readonly hang503: readonly number[];
  readonly answers: ReadonlyMap<string, number>;
  readonly statuses: Pick<StatusWatch, 'reversals' | 'seen'>;
  /** Whether 503s are answers to a hang right now. */
  markHang(hung: boolean): void;
  /** Stops and waits for what is under way. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly apis: () => readonly string[];
  readonly random: () => number;
  readonly sendsPerSecond: number;
  readonly queriesPerSecond: number;
}

const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };
/** Scripts of the simulator that end in `delivered`, whatever goes wrong before. */
const SCRIPTS = [0, 0, 0, 0, 4, 5, 6, 7, 9];
/** A quarter of the sends goes to one of these, again and again. */
const HOT_NUMBERS = 200;
/** A twentieth goes to a number that had one of so many of the latest: it must be refused, whatever was lost meanwhile. */
const REPEATED = 100;
/** Half of the queries ask about one of so many of the latest sends: those move. */
const LATEST = 100;
/** After so many of the answers that tell of a delivery comes a receipt that denies it. */
const DENIED = 0.2;
const REQUEST_TIMEOUT_MS = 10_000;
const TICK_MS = 20;

/** A steady stream of sends and queries, from many connections, that never waits for an answer before it asks again. */
export function startLoad({ apis, random, sendsPerSecond, queriesPerSecond }: LoadOptions): Load {
  const agent = new Agent({ connections: 128, headersTimeout: REQUEST_TIMEOUT_MS, bodyTimeout: REQUEST_TIMEOUT_MS });
  const acknowledged: Acknowledged[] = [];
  const hang503: number[] = [];
  const answers = new Map<string, number>();
  const statuses = watchStatuses();
  const underWay = new Set<Promise<void>>();
  let numbers = 0;
  let hung = false;

  const anApi = (): string => {
    const all = apis();
    return all[Math.floor(random() * all.length)] ?? '';
  };
  const post = async (
    path: string,
    fields: object,
  ): Promise<{ status: number; body: Record<string, string> } | undefined> => {
    const api = anApi();
    const startedAt = performance.now();
    const duringHang = hung;
    try {
      const answer = await request(`${api}/api/sms/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...CREDENTIALS, ...fields }),
        dispatcher: agent,
      });
      const body = (await answer.body.json()) as Record<string, string>;
      if (answer.statusCode === 503 && duringHang) hang503.push(performance.now() - startedAt);
      count(`${path} ${answer.statusCode} ${body['reason'] ?? ''}`);
      return { status: answer.statusCode, body };
    } catch {
      // The ingress died over it: the caller knows nothing, which is what a caller has to live with.
      count(`${path} no answer`);
      return undefined;
    }
  };
  const count = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);

  const nextNumber = (): string => {
    if (random() < 0.25) return `+86139${String(10_000_000 + Math.floor(random() * HOT_NUMBERS))}`;
    const repeated = random() < 0.05 && acknowledged.at(-1 - Math.floor(random() * REPEATED))?.phone;
    if (repeated) return repeated;
    const n = numbers++;
    return scriptedNumber(
      SCRIPTS[n % SCRIPTS.length] ?? 0,
      Math.floor(n / SCRIPTS.length) + (n % SCRIPTS.length) * 10_000,
    );
  };
  const send = async (): Promise<void> => {
    const phone = nextNumber();
    const sentAt = Date.now();
    const answer = await post('sendsms', {
      phone_number: phone,
      templet_id: DEMO.templateId,
      contents: [{ p1: '8888' }],
    });
    if (answer?.status !== 200) return;
    acknowledged.push({ id: answer.body['sms_uid'] ?? '', phone, sentAt, answeredAt: Date.now() });
  };
  const query = async (): Promise<void> => {
    const all = acknowledged.length;
    const among = random() < 0.5 ? Math.min(all, LATEST) : all;
    const id = acknowledged[all - 1 - Math.floor(random() * among)]?.id;
    if (!id) return;
    const told = statuses.ask(id);
    const answer = await post('querysms', { sms_uid: id });
    if (answer?.status !== 200) return;
    const status = answer.body['status'] ?? '';
    told(status);
    // One that does not arrive is no loss.
    if (status === 'delivered' && random() < DENIED) await contradict(anApi(), id, agent).catch(() => undefined);
  };
  const start = (work: () => Promise<void>): void => {
    const one = work();
    underWay.add(one);
    void one.then(() => underWay.delete(one));
  };
  let owedSends = 0;
  let owedQueries = 0;
  const ticking = setInterval(() => {
    owedSends += (sendsPerSecond * TICK_MS) / 1000;
    owedQueries += (queriesPerSecond * TICK_MS) / 1000;
    for (; owedSends >= 1; owedSends--) start(send);
    for (; owedQueries >= 1; owedQueries--) start(query);
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
      await Promise.all(underWay);
      if (!agent.closed) await agent.close();
    },
  };
}
