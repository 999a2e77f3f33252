/** The fate of a message. Its phone number alone decides it. */
export interface Script {
  /** A description for the page. */
  readonly does: string;
  readonly message: 'taken' | 'rejected' | 'throttled-once';
  /** `none`: the message stays `taken`, and nobody learns how it ended. */
  readonly receipt: 'once' | 'twice' | 'before-the-response' | 'none';
  readonly ends: 'delivered' | 'undelivered';
  /** What happens to the whole call that carried the message. */
  readonly call: CallFate;
}

/** Ordered from best to worst. */
const CALL_FATES = ['responds', 'responds-late', 'fails', 'never-responds'] as const;
export type CallFate = (typeof CALL_FATES)[number];

const ORDINARY: Script = {
  does: 'delivered',
  message: 'taken',
  receipt: 'once',
  ends: 'delivered',
  call: 'responds',
};

/** The index is the digit after +86 17000. */
export const SCRIPTS: readonly Script[] = [
  ORDINARY,
  { ...ORDINARY, does: 'rejected', message: 'rejected' },
  { ...ORDINARY, does: 'taken, then not delivered', ends: 'undelivered' },
  { ...ORDINARY, does: 'a slow response (3 s), delivered', call: 'responds-late' },
  { ...ORDINARY, does: 'throttled at first, then delivered', message: 'throttled-once' },
  { ...ORDINARY, does: 'taken and delivered, but no response is sent', call: 'never-responds' },
  { ...ORDINARY, does: 'the receipt comes before the response', receipt: 'before-the-response' },
  { ...ORDINARY, does: 'the receipt comes twice', receipt: 'twice' },
  { ...ORDINARY, does: 'taken, and no receipt is sent', receipt: 'none' },
  { ...ORDINARY, does: 'taken and delivered, but the response is HTTP 500', call: 'fails' },
];

export const MAGIC_PREFIX = '+8617000';
const MAGIC_LENGTH = MAGIC_PREFIX.length + 1 + 5;

export function scriptFor(to: string): Script {
  if (to.length !== MAGIC_LENGTH || !to.startsWith(MAGIC_PREFIX)) return ORDINARY;
  return SCRIPTS[Number(to[MAGIC_PREFIX.length])] ?? ORDINARY;
}

/** One call has one fate: the worst that any of its messages asks for. */
export function worse(a: CallFate, b: CallFate): CallFate {
  return CALL_FATES.indexOf(a) >= CALL_FATES.indexOf(b) ? a : b;
}
