import type { Submission } from './protocol.js';

export type Parsed =
  { readonly ok: true; readonly submissions: readonly Submission[] } | { readonly ok: false; readonly problem: string };

const MAX_MESSAGES = 100;
const MAX_REFERENCE = 200;
const MAX_TO = 40;
/** 255 segments of 153 septets: the longest text that a handset can join. */
const MAX_TEXT = 39_015;
const MAX_CALLBACK_URL = 2_048;

/** Returns all messages of a body, or the first problem. A problem never quotes what was sent. */
export function parseSubmissions(body: string): Parsed {
  const messages = messagesOf(body);
  if (messages === undefined) return { ok: false, problem: 'the body must be JSON: {"messages":[…]}' };
  if (messages.length < 1 || messages.length > MAX_MESSAGES) {
    return { ok: false, problem: `messages must have 1 to ${MAX_MESSAGES} members` };
  }
  const readCallback = callbackReader();
  const submissions: Submission[] = [];
  for (const [index, message] of messages.entries()) {
    const submission = parseOne(message, readCallback);
    if (typeof submission === 'string') return { ok: false, problem: `messages[${index}]: ${submission}` };
    submissions.push(submission);
  }
  return { ok: true, submissions };
}

function messagesOf(body: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) && Array.isArray(parsed['messages']) ? (parsed['messages'] as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function parseOne(message: unknown, readCallback: (url: string) => URL | undefined): Submission | string {
  if (!isObject(message)) return 'must be an object';
  const { reference, to, text, callback_url: callback } = message;
  if (!isText(reference, 1, MAX_REFERENCE)) return `reference must be a string of 1 to ${MAX_REFERENCE} characters`;
  if (!isText(to, 1, MAX_TO)) return `to must be a string of 1 to ${MAX_TO} characters`;
  if (!isText(text, 0, MAX_TEXT)) return `text must be a string of at most ${MAX_TEXT} characters`;
  if (callback === undefined) return { reference, to, text, callbackUrl: undefined };
  const callbackUrl = isText(callback, 1, MAX_CALLBACK_URL) ? readCallback(callback) : undefined;
  if (callbackUrl === undefined) return 'callback_url must be an absolute http or https URL';
  return { reference, to, text, callbackUrl };
}

/** Remembers the last URL. A call repeats it up to 100 times, and parsing it costs more than the rest of a message. */
function callbackReader(): (url: string) => URL | undefined {
  let last: { readonly text: string; readonly url: URL } | undefined;
  return (text) => {
    if (last?.text === text) return last.url;
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    last = { text, url };
    return url;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, min: number, max: number): value is string {
  return typeof value === 'string' && value.length >= min && value.length <= max;
}
