import { randomBytes } from 'node:crypto';
import { json, NO_RESPONSE, type CallResponse } from './call-response.js';
import type { Inbox } from './inbox.js';
import type { Ledger } from './ledger.js';
import type { Behaviour } from './options.js';
import { parseSubmissions } from './parse-submissions.js';
import { CODES, UNKNOWN_SUBSCRIBER, type Result, type Submission } from './protocol.js';
import { scriptFor, worse, type CallFate } from './magic-numbers.js';
import { settleBeforeResponse, settleMessage, type SettleDeps, type TakenMessage } from './settle-messages.js';

const SLOW_RESPONSE_MS = 3_000;
const RETRY_AFTER_MS = 500;
const E164 = /^\+[1-9]\d{6,14}$/;

export interface TakeDeps extends SettleDeps {
  readonly ledger: Pick<Ledger, 'find' | 'take' | 'refuse' | 'settle'>;
  readonly inbox: Pick<Inbox, 'add' | 'settle'>;
  readonly behaviour: Behaviour;
}

/** POST /messages. The whole call is validated before any message is taken. */
export function createTakeMessages(deps: TakeDeps): (body: string) => Promise<CallResponse> {
  const { behaviour } = deps;
  const nextId = idMaker();

  return async (body) => {
    const parsed = parseSubmissions(body);
    if (!parsed.ok) return json(400, { error: 'malformed', message: parsed.problem });
    if (Math.random() < behaviour.failureRate) return json(503, { error: 'unavailable' });

    const taken: TakenMessage[] = [];
    const results = parsed.submissions.map((submission) => takeOne(deps, submission, nextId, taken));
    const call = taken.map((message) => message.script.call).reduce(worse, 'responds');
    const lateMs = call === 'responds-late' ? SLOW_RESPONSE_MS : 0;

    await scheduleReceipts(deps, taken, behaviour.latencyMs + lateMs);
    return responseFor(call, results, lateMs);
  };
}

function takeOne(deps: TakeDeps, submission: Submission, nextId: () => string, taken: TakenMessage[]): Result {
  const { ledger, inbox, behaviour } = deps;
  const { reference, to, text, callbackUrl } = submission;
  const known = ledger.find(reference);
  // This check comes before the script. A repeat of a call without a response must learn its id.
  if (behaviour.deduplicate && known?.id !== undefined) return { reference, id: known.id };

  const script = scriptFor(to);
  if (script.message === 'rejected' || !E164.test(to)) {
    const code = script.message === 'rejected' ? CODES.rejected : UNKNOWN_SUBSCRIBER;
    ledger.refuse(reference, to, 'rejected', code);
    inbox.add(to, text, 'rejected');
    return { reference, error: 'rejected', code };
  }
  if (script.message === 'throttled-once' && known === undefined) {
    ledger.refuse(reference, to, 'throttled', '');
    inbox.add(to, text, 'throttled');
    return { reference, error: 'throttled', retry_after_ms: RETRY_AFTER_MS };
  }
  const id = nextId();
  ledger.take(reference, to, id);
  taken.push({ id, reference, callbackUrl, script, place: inbox.add(to, text, 'taken') });
  return { reference, id };
}

/** Schedules every final status. The delay counts from the response; only a script puts a receipt before it. */
async function scheduleReceipts(deps: TakeDeps, taken: readonly TakenMessage[], responseInMs: number): Promise<void> {
  const first: Promise<void>[] = [];
  for (const message of taken) {
    if (message.script.receipt === 'none') continue;
    if (message.script.receipt === 'before-the-response') first.push(settleBeforeResponse(deps, message));
    else setTimeout(settleMessage, responseInMs + receiptDelay(deps.behaviour), deps, message).unref();
  }
  if (first.length > 0) await Promise.all(first);
}

function receiptDelay({ receiptDelayMs }: Behaviour): number {
  return receiptDelayMs ?? 50 + Math.floor(Math.random() * 451);
}

function responseFor(call: CallFate, results: readonly Result[], lateMs: number): CallResponse {
  switch (call) {
    case 'responds':
    case 'responds-late':
      return json(200, { results }, lateMs);
    case 'fails':
      return json(500, { error: 'internal' });
    case 'never-responds':
      return NO_RESPONSE;
  }
}

/** Makes opaque ids. Each start has its own prefix, so that ids of two runs differ. */
function idMaker(): () => string {
  const run = randomBytes(4).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${count.toString(36)}`;
  };
}
