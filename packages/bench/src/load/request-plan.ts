import { DEMO } from '@ardor/domain/message/demo';

/**
 * What a load generator asks. All requests are of one length: a body is `open`, then items joined by commas, then
 * `close`; an item is `before`, a key and `after`. Only the keys differ, so that making a request costs next to nothing.
 */
export interface RequestPlan {
  readonly path: string;
  readonly open: string;
  readonly before: string;
  readonly after: string;
  readonly close: string;
  readonly items: number;
  readonly keys: Keys;
  /** `answers`: a 200 accepts all items. `results`: an answer tells for each item. */
  readonly count: 'answers' | 'results';
}

/** Numbers from 0 on, or the lines of a file again and again. */
type Keys =
  | { readonly kind: 'counter'; readonly digits: number }
  | { readonly kind: 'file'; readonly file: string; readonly length: number };

const CREDENTIALS = { client_id: DEMO.clientId, passcode: DEMO.passcode };
const MESSAGE = { templet_id: DEMO.templateId, contents: [{ p1: '8888' }] };
/** Stands where the key goes; no other text has it. */
const KEY = '#';

/** One send a request, each to a Chinese mobile number of its own; `run` (0..99) keeps the numbers of two loads apart. */
export const sendPlan = (run: number): RequestPlan => ({
  ...around({ ...CREDENTIALS, phone_number: mobile(run) + KEY, ...MESSAGE }),
  path: '/api/sms/v1/sendsms',
  keys: { kind: 'counter', digits: 7 },
});

export const batchPlan = (run: number, items: number): RequestPlan => ({
  path: '/api/sms/v1/sendsms/batch',
  ...itemsOf({ phone_number: mobile(run) + KEY, ...MESSAGE }),
  items,
  keys: { kind: 'counter', digits: 7 },
  count: 'results',
});

/** The simulator's numbers that never get a receipt. */
const UNRECEIPTED = '+86170008';
export const UNRECEIPTED_NUMBERS = 100_000;

/** Sends to numbers without a receipt, or to those of them that begin with these digits. */
export const unreceiptedPlan = (digits = ''): RequestPlan => ({
  ...around({ ...CREDENTIALS, phone_number: `${UNRECEIPTED}${digits}${KEY}`, ...MESSAGE }),
  path: '/api/sms/v1/sendsms',
  keys: { kind: 'counter', digits: 5 - digits.length },
});

export const unreceiptedBatchPlan = (items: number): RequestPlan => ({
  ...batchPlan(0, items),
  ...itemsOf({ phone_number: UNRECEIPTED + KEY, ...MESSAGE }),
  keys: { kind: 'counter', digits: 5 },
});

/** Queries of the messages whose ids are the lines of a file. */
export const queryPlan = (file: string): RequestPlan => ({
  ...around({ ...CREDENTIALS, sms_uid: KEY }),
  path: '/api/sms/v1/querysms',
  keys: { kind: 'file', file, length: 36 },
});

function bodyLength({ open, before, after, close, items, keys }: RequestPlan): number {
  const key = keys.kind === 'counter' ? keys.digits : keys.length;
  return open.length + close.length + items * (before.length + key + after.length) + items - 1;
}

/** Everything of a request but its body. */
export const requestHead = (plan: RequestPlan, port: number): string =>
  [
    `POST ${plan.path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${bodyLength(plan)}`,
    '\r\n',
  ].join('\r\n');

const mobile = (run: number): string => `+8613${String(run).padStart(2, '0')}`;

function around(body: object): Pick<RequestPlan, 'open' | 'before' | 'after' | 'close' | 'items' | 'count'> {
  const [open = '', close = ''] = JSON.stringify(body).split(KEY);
  return { open, before: '', after: '', close, items: 1, count: 'answers' };
}

function itemsOf(message: object): Pick<RequestPlan, 'open' | 'before' | 'after' | 'close'> {
  const [before = '', after = ''] = JSON.stringify(message).split(KEY);
  const [open = '', close = ''] = JSON.stringify({ ...CREDENTIALS, messages: KEY }).split(`"${KEY}"`);
  return { open: `${open}[`, before, after, close: `]${close}` };
}
