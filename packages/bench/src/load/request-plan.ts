import { DEMO } from '@ardor/domain/message/demo';

/**
 * The body that a generator sends: `open`, then items joined by commas, then `close`. An item is `before`, a key and `after`.
 * Only the keys differ, and all have one length. So the head is written once, and a request costs next to nothing.
 */
export interface RequestPlan {
  /** The head, and the start of the body. */
  readonly open: string;
  readonly before: string;
  readonly after: string;
  readonly close: string;
  readonly items: number;
  readonly keys: Keys;
  /** The status of a request that was accepted. */
  readonly acceptedStatus: number;
}

/** Numbers from 0 on with leading zeros, or a list again and again. */
type Keys = { readonly digits: number } | { readonly list: readonly string[] };

const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };
const MESSAGE = { templet_id: DEMO.templateId, contents: [{ p1: '8888' }] };
/** Marks the place of the key; no other text has it. */
const KEY = '#';

/** One send a request, each to another Chinese mobile number. `run` (0..99) keeps the numbers of two loads apart. */
export const sendPlan = (run: number): RequestPlan =>
  post('sendsms', { ...CREDENTIALS, phone_number: mobile(run) + KEY, ...MESSAGE }, { digits: 7 });

/** The simulator never sends a receipt for these numbers: +86170008 and five digits. */
const UNRECEIPTED = '+86170008';
export const UNRECEIPTED_NUMBERS = 100_000;

/** Sends to numbers without a receipt; `digits` narrows them to those that begin with these. */
export const unreceiptedPlan = (digits = ''): RequestPlan =>
  post(
    'sendsms',
    { ...CREDENTIALS, phone_number: UNRECEIPTED + digits + KEY, ...MESSAGE },
    { digits: 5 - digits.length },
  );

export const queryPlan = (ids: readonly string[]): RequestPlan =>
  post('querysms', { ...CREDENTIALS, sms_uid: KEY }, { list: ids });

export const batchPlan = (run: number, items: number): RequestPlan => batch(mobile(run), 7, items);
export const unreceiptedBatchPlan = (items: number): RequestPlan => batch(UNRECEIPTED, 5, items);

/** Kannel's HTTP interface takes a message as a GET and answers 202. `url` has the account. */
export function kannelPlan(url: URL): RequestPlan {
  const open = `GET ${url.pathname}${url.search}&text=Your+code+is+8888&to=%2B49151`;
  const close = ' HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  return { open, before: '', after: '', close, items: 1, keys: { digits: 8 }, acceptedStatus: 202 };
}

/** Returns the requests of a plan, one at each call. */
export function createRequests({ open, before, after, close, items, keys }: RequestPlan): () => string {
  let next = 0;
  const nextKey =
    'list' in keys ? () => keys.list[next++ % keys.list.length] ?? '' : () => String(next++).padStart(keys.digits, '0');
  return () => {
    let request = open;
    for (let item = 0; item < items; item++) request += `${item > 0 ? ',' : ''}${before}${nextKey()}${after}`;
    return request + close;
  };
}

const REFUSED = '"status":"error"';

/** How many items of a request its response accepts. A batch is answered 200 with a result for each message. */
export function countAccepted({ items, acceptedStatus }: RequestPlan, status: number, body: () => string): number {
  if (status !== acceptedStatus) return 0;
  return items === 1 ? 1 : items - (body().split(REFUSED).length - 1);
}

const mobile = (run: number): string => `+8613${String(run).padStart(2, '0')}`;

function post(path: string, body: object, keys: Keys): RequestPlan {
  const [start = '', close = ''] = JSON.stringify(body).split(KEY);
  return withHead(path, start, { before: '', after: '', close, items: 1, keys });
}

function batch(phonePrefix: string, digits: number, items: number): RequestPlan {
  const [before = '', after = ''] = JSON.stringify({ phone_number: phonePrefix + KEY, ...MESSAGE }).split(KEY);
  const [start = '', close = ''] = JSON.stringify({ ...CREDENTIALS, messages: [KEY] }).split(`"${KEY}"`);
  return withHead(`sendsms/batch`, start, { before, after, close, items, keys: { digits } });
}

type Parts = Omit<RequestPlan, 'open' | 'acceptedStatus'>;

function withHead(path: string, start: string, parts: Parts): RequestPlan {
  const { before, after, close, items, keys } = parts;
  const key = 'list' in keys ? (keys.list[0]?.length ?? 0) : keys.digits;
  const length = start.length + items * (before.length + key + after.length) + items - 1 + close.length;
  const head = `POST /api/sms/v1/${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
  return { ...parts, open: `${head}Content-Length: ${length}\r\n\r\n${start}`, acceptedStatus: 200 };
}
