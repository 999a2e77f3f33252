import { randomBytes } from 'node:crypto';
import { json, SILENCE, type Answer } from './answer.js';
import type { Inbox } from './inbox.js';
import type { Ledger } from './ledger.js';
import type { Behaviour } from './options.js';
import { parseSubmissions } from './parse-submissions.js';
import { CODES, UNKNOWN_SUBSCRIBER, type Result, type Submission } from './protocol.js';
import { graver, scriptOf, type Script } from './scripted-numbers.js';
import { settleAhead, settleMessage, type SettleDeps, type TakenMessage } from './settle-messages.js';

const SLOW_ANSWER_MS = 3_000;
const RETRY_AFTER_MS = 500;
const E164 = /^\+[1-9]\d{6,14}$/;

export interface TakeDeps extends SettleDeps {
  readonly ledger: Pick<Ledger, 'find' | 'take' | 'refuse' | 'settle'>;
  readonly inbox: Pick<Inbox, 'add' | 'settle'>;
  readonly behaviour: Behaviour;
}

/** POST /messages. All of a call is validated before any of it is taken. */
export function createTakeMessages(deps: TakeDeps): (body: string) => Promise<Answer> {
  const { behaviour } = deps;
  const nextId = idMaker();

  return async (body) => {
    const parsed = parseSubmissions(body);
    if (!parsed.ok) return json(400, { error: 'malformed', message: parsed.problem });
    if (Math.random() < behaviour.failureRate) return json(503, { error: 'unavailable' });

    const taken: TakenMessage[] = [];
    const results = parsed.submissions.map((submission) => takeOne(deps, submission, nextId, taken));
    const call = taken.map((message) => message.script.call).reduce(graver, 'answers');
    const lateMs = call === 'answers-late' ? SLOW_ANSWER_MS : 0;

    await announce(deps, taken, behaviour.latencyMs + lateMs);
    return answerOf(call, results, lateMs);
  };
}

function takeOne(deps: TakeDeps, submission: Submission, nextId: () => string, taken: TakenMessage[]): Result {
  const { ledger, inbox, behaviour } = deps;
  const { reference, to, text, callbackUrl } = submission;
  const known = ledger.find(reference);
  // Answered before any script has a say: a repeat of the call that was never answered must learn its id.
  if (behaviour.deduplicate && known?.id !== undefined) return { reference, id: known.id };

  const script = scriptOf(to);
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

/** Plans every end. Its delay runs from the answer on: only a script may put a receipt before the answer. */
async function announce(deps: TakeDeps, taken: readonly TakenMessage[], answerInMs: number): Promise<void> {
  const ahead: Promise<void>[] = [];
  for (const message of taken) {
    if (message.script.receipt === 'none') continue;
    if (message.script.receipt === 'before-the-answer') ahead.push(settleAhead(deps, message));
    else setTimeout(settleMessage, answerInMs + receiptDelay(deps.behaviour), deps, message).unref();
  }
  if (ahead.length > 0) await Promise.all(ahead);
}

function receiptDelay({ receiptDelayMs }: Behaviour): number {
  return receiptDelayMs ?? 50 + Math.floor(Math.random() * 451);
}

function answerOf(call: Script['call'], results: readonly Result[], lateMs: number): Answer {
  switch (call) {
    case 'answers':
    case 'answers-late':
      return json(200, { results }, lateMs);
    case 'fails':
      return json(500, { error: 'internal' });
    case 'never-answers':
      return SILENCE;
  }
}

/** Opaque, and of another kind after each start, so that ids of two runs are never taken for one another. */
function idMaker(): () => string {
  const run = randomBytes(4).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return `${run}-${count.toString(36)}`;
  };
}
